"""The package that ships, run as Lambda runs it."""
