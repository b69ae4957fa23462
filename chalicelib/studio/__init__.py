"""Pictures that were uploaded: verified by what they are, and kept."""
