"""BadgeKit as AWS Lambda handlers. docs/design.md describes the packages and the import rule."""

VERSION = "0.2.0"
CONTRACT = "0.2.22"  # the version of badgekit-api whose contract the API keeps
