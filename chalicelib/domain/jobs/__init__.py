"""Jobs: what is left to do, kept in the database until it is done.

- `kinds`: one row for each kind of job: queue, handler, retry policy, label
- `messages`: the format of the SQS message that wakes a worker up for a job
- `parked_webhooks`: the format of a webhook buffered in SQS while the database is unavailable
- `outbox`: the jobs' table as a state machine: add, claim, finish, fail, retry
- `activity`: events with their jobs, filtered and paged, for the Activity page
"""
