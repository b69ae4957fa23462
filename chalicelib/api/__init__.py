"""The BadgeKit API over HTTP: its authorization, routes and representations."""
