"""The pipeline: webhook in, event, queue, award, notify; and the sweeper behind it."""
