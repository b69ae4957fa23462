"""The hosted admin UI: sign-in, sessions, permissions and screens."""
