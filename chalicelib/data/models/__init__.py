"""The tables, by subject. Names are BadgeKit's; the domain documents how rows are used.

base          What all tables share
images        Images, and unused keys in the bucket
owners        Systems, issuers, and programs, with former addresses, API keys, and webhooks
badges        Published badges and what belongs to them: versions, criteria, claim codes, milestones
applications  Applications for badges, and their reviews
awards        Awards of badges
jobs          Events, the jobs of the outbox, turns of emails, counts, and locks
accounts      People who sign in, what they may do, and their sign-in links
drafts        Drafts of badges, and templates

Slugs, claim codes, and email addresses are stored as typed, and compared by a second column, the key
(see `chalicelib.texts` and `domain/shared/email_addresses.py`).
"""

from chalicelib.data.models.accounts import Account, Grant, SignIn
from chalicelib.data.models.applications import Application, Evidence, Review, ReviewItem
from chalicelib.data.models.awards import Award
from chalicelib.data.models.badges import (
    Alignment,
    Badge,
    BadgeVersion,
    Category,
    ClaimCode,
    Criterion,
    Milestone,
    MilestoneBadge,
    Tag,
)
from chalicelib.data.models.base import Table
from chalicelib.data.models.drafts import Draft, DraftLabel
from chalicelib.data.models.images import Image, Unused
from chalicelib.data.models.jobs import Event, Job, Lock, MailTurn, Tally
from chalicelib.data.models.owners import (
    Consumer,
    FormerOwner,
    Issuer,
    Owner,
    Program,
    PublishedAddress,
    System,
    Webhook,
)

__all__ = [
    "TABLES",
    "Account",
    "Alignment",
    "Application",
    "Award",
    "Badge",
    "BadgeVersion",
    "Category",
    "ClaimCode",
    "Consumer",
    "Criterion",
    "Draft",
    "DraftLabel",
    "Event",
    "Evidence",
    "FormerOwner",
    "Grant",
    "Image",
    "Issuer",
    "Job",
    "Lock",
    "MailTurn",
    "Milestone",
    "MilestoneBadge",
    "Owner",
    "Program",
    "PublishedAddress",
    "Review",
    "ReviewItem",
    "SignIn",
    "System",
    "Table",
    "Tag",
    "Tally",
    "Unused",
    "Webhook",
]

TABLES: tuple[type[Table], ...] = (
    Image, System, Issuer, Program, FormerOwner, Badge, BadgeVersion, PublishedAddress, Criterion,
    Alignment, Category, Tag, Application, Evidence, Review, ReviewItem, Award, ClaimCode,
    Milestone, MilestoneBadge, Consumer, Webhook, Tally, Event, Job, Account, Grant, Draft,
    DraftLabel, SignIn, MailTurn, Lock, Unused,
)  # fmt: skip
