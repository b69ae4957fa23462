"""Jobs: what is left to do, kept in the database until it is done.

kinds            One row for each kind of job: queue, handler, retry policy, label
messages         The format of the SQS message that wakes a worker up for a job
parked_webhooks  The format of a webhook buffered in SQS while the database is unavailable
outbox           The jobs' table as a state machine: add, claim, finish, fail, retry
outages          Outages: after one, every queued job is due
mail_turns       Turns of emails that are limited for each address
activity         Events with their jobs, filtered and paged, for the Activity page
"""
