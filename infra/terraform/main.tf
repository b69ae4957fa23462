# BadgeKit from Terraform: uploads the package and the template, and deploys the CloudFormation stack
# that `make deploy` deploys. README.md explains how, and why it is a single resource.

terraform {
  required_version = ">= 0.13"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.9"
    }
  }
}

variable "package" {
  type        = string
  description = "The zip file that `make package` built."
}

variable "template" {
  type        = string
  description = "The template that `make package` wrote, for the same architecture."
}

# For packages and templates only; the stack creates the bucket for images.
resource "aws_s3_bucket" "code" {
  bucket_prefix = "badgekit-${var.stage}-code-"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "code" {
  bucket                  = aws_s3_bucket.code.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Named by their content. The ones before stay until the stack has changed, so that undoing finds them.
resource "aws_s3_object" "package" {
  bucket = aws_s3_bucket.code.id
  key    = "${filesha256(var.package)}.zip"
  source = var.package

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "template" {
  bucket = aws_s3_bucket.code.id
  key    = "${filesha256(var.template)}.json"
  source = var.template

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudformation_stack" "badgekit" {
  name         = "badgekit-${var.stage}"
  template_url = "https://${aws_s3_bucket.code.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM"]
  tags         = { "badgekit:stage" = var.stage }

  parameters = merge(
    { for name, value in local.chosen : name => tostring(value) if value != null },
    { CodeBucket = aws_s3_bucket.code.id, CodeKey = aws_s3_object.package.key },
  )

  timeouts {
    create = "60m"
    update = "60m"
    delete = "60m"
  }
}
