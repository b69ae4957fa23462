"""Pictures of badges: drawn from designs or uploaded, kept in the bucket, and tidied away."""
