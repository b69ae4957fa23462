"""What all pages of the admin UI share.

In reading order:

* `guard`: the route guard: session, CSRF token, permission
* `lookup`: resolvers, which load what a path names
* `notices`: what a page says after an action
* `responses`: pages and redirects
* `badge_list`: pages of a badge, and of the lists below it
"""
