"""Drafts and templates of badges, until they are published.

- `content`: what a draft holds, how it is checked, what publishing still needs
- `drafts`: drafts and templates as rows: find, create, save, copy, delete
- `from_badge`: a draft made from a published badge
- `publishing`: a badge made from a draft
- `sharing`: templates as BadgeKit servers exchange them
- `design_picker`: earlier designs to start a new one from
"""
