"""BadgeKit as AWS Lambda handlers; docs/design.md shows the rooms and who may import whom."""

VERSION = "0.2.0"
