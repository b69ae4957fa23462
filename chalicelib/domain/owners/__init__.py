"""Systems, issuers and programs, which own badges, and who may act for them.

places           A system, issuer or program by its slugs or rows
accounts         Accounts of the admin UI, and their grants
addresses        Addresses with slugs that are out of date, and what they named
public_ids       Fills in public ids that rows of an earlier version lack
issuer_profiles  What documents say about owners, which outlive their owners
owners           Create, update, delete and find systems, issuers and programs
consumers        API keys
webhooks         Where a system receives its events
reserved         What only administrators and the master secret may do
"""
