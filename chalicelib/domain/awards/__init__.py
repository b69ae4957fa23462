"""Awards."""
