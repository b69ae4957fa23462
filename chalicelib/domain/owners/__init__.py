"""Systems, issuers and programs, which own badges, and who may act for them.

In reading order:

* `places`: a system, issuer or program by its slugs or rows
* `accounts`: accounts of the admin UI, and their grants
* `owners`: create, update, delete and find systems, issuers and programs
* `consumers`: API keys
* `webhooks`: where a system receives its events
"""
