"""The pipeline: webhooks come in, jobs are sent to their queues, workers handle them.

routes      The URL that a BadgeKit API sends its webhooks to
receive     The view behind it
ingest      Verifies a webhook and records it once, or parks it while the database is unavailable
relay       The outbox relay: sends the message of each new job, and sweeps up lost ones
worker      Handles a batch of SQS messages: claim, run the handler, retry or fail
handlers    One module for each thing that a job does
ses_events  What SES reports about mails: sent, bounced, rejected
"""
