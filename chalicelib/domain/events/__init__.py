"""Events: reviews, awards and revocations, received by webhook or recorded here.

- `payloads`: parses and validates the JSON of webhooks and events
- `serializers`: rows as the JSON of API responses and webhooks
- `events`: records events, each with the jobs that follow from it
- `delivery_log`: the deliveries to systems' webhooks, for their page
"""
