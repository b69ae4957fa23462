"""Systems, issuers and programs, which own badges, and who may act for them.

places     A system, issuer or program by its slugs or rows
accounts   Accounts of the admin UI, and their grants
owners     Create, update, delete and find systems, issuers and programs
consumers  API keys
webhooks   Where a system receives its events
"""
