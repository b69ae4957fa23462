"""BadgeKit as AWS Lambda handlers. docs/design.md describes the packages and the import rule."""

VERSION = "0.2.0"
