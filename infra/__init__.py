"""What runs the product: `local` on one machine, `aws` in an account."""
