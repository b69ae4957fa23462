"""Pages and documents that anyone may read.

routes     Public routes; views are imported on their first request
documents  Who gets which document: pages, Open Badges 2.0 or 1.0, and the headers that they have
home       The front page and the health check; the front page is the API's root, too
views      Public pages and documents: badges, issuers, assertions and images
sharing    Shared templates: a page for people, and the original's JSON for other BadgeKits
"""
