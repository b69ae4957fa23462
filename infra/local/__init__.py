"""A whole cloud on one laptop: `python -m infra.local` starts it."""
