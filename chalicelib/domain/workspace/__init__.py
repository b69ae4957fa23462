"""What the admin UI shows of several kinds of rows at once.

In reading order:

* `directory`: drafts, templates and badges, searched, sorted and paged
* `badge_stats`: a badge in numbers
* `profiles`: systems, issuers and programs as people edit them
"""
