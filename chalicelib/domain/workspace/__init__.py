"""What the admin UI shows of several kinds of rows at once.

directory    Drafts, templates and badges, searched, sorted and paged
badge_stats  A badge in numbers
attention    What waits for a person, in numbers
checklist    How far the first steps in a place are
profiles     Systems, issuers and programs as people edit them
"""
