"""The admin UI: pages for the people who make, issue and review badges. Lowest first:

auth          signing in, sessions, permissions
shell         what all pages share: guard, notices, responses
drafts        the directory, the editor, the studio
badges        published badges, awards, codes, issuing
settings      systems, issuers, programs, users, API keys, webhooks
activity      operators' pages
applications  the review queue and reviewing
help          help, about and terms
start         the page after signing in, and the checklist of the first steps
urls          the table of routes
routes        registers them
"""
