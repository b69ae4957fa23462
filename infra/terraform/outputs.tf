output "address" {
  description = "URL of the deployment."
  value       = aws_cloudformation_stack.badgekit.outputs["Address"]
}

output "stack" {
  description = "All outputs of the stack."
  value       = aws_cloudformation_stack.badgekit.outputs
}
