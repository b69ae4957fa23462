"""Pages for anyone: badges, issuers, assertions and images."""
