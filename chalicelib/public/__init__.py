"""Pages and documents that anyone may read.

routes     Public routes; views are imported on their first request
documents  Who gets which document: pages, Open Badges 2.0 or 1.0, and the headers that they have
home       What is at the root: front page (and the API's root), health check, robots.txt, favicon
views      Public pages and documents: badges, issuers, assertions and images
recipient  The check on an award's page: does the award belong to an address?
sharing    Shared templates: a page for people, and the original's JSON for other BadgeKits
"""
