"""Drafts and templates of badges, until they are published.

content        What a draft holds, how it is checked, what publishing still needs
drafts         Drafts and templates as rows: find, create, save, copy, delete
from_badge     A draft made from a published badge
publishing     A badge made from a draft
sharing        Templates as BadgeKit servers exchange them
design_picker  Earlier designs to start a new one from
"""
