"""The domain of BadgeKit. It knows no HTTP and no AWS."""
