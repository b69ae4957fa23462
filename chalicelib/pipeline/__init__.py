"""The pipeline: webhooks come in, jobs are sent to their queues, workers handle them.

- `routes`: the URL that a BadgeKit API sends its webhooks to
- `receive`: the view behind it
- `ingest`: verifies a webhook and records it once, or parks it while the database is unavailable
- `relay`: the outbox relay: sends the message of each new job, and sweeps up lost ones
- `worker`: handles a batch of SQS messages: claim, run the handler, retry or fail
- `handlers`: one module for each thing that a job does
- `ses_events`: what SES reports about mails: sent, bounced, rejected
"""
