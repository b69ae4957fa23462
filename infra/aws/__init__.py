"""What `chalice package` does not make: the package's folder, and what surrounds the functions."""
