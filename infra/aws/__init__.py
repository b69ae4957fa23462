"""Packaging and deployment to AWS, beyond what `chalice package` provides."""
