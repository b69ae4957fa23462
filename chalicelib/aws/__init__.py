"""One thin adapter for each AWS service, without decisions of its own.

session     AWS clients, created when first needed and cached
sigv4       Signed AWS calls (Signature Version 4) with the standard library alone, for cold starts
parameters  Systems Manager Parameter Store: settings that are not in the environment, and secrets
storage     S3: badge images, baked badges and uploads in progress
queues      SQS: sends job messages, and inspects and redrives dead letters
mail        SES: sends emails
functions   Lambda: invokes another function of the deployment (the courier)
"""
