"""Open Badges documents, and baking them into images."""
