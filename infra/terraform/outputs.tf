output "address" {
  description = "Where it is."
  value       = aws_cloudformation_stack.badgekit.outputs["Address"]
}

output "stack" {
  description = "Everything that the stack says of itself."
  value       = aws_cloudformation_stack.badgekit.outputs
}
