"""Tools that run the product: `local` on one machine, `aws` in an AWS account."""
