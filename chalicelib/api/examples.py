"""Examples of bodies, for the page of the API and for tests that send them."""

from __future__ import annotations

from typing import Any

_CRITERION = {"description": "Reads five books", "required": 1, "note": "Ask about one of them"}
_EVIDENCE = {
    "url": "https://example.org/essay",
    "mediaType": "link",
    "reflection": "What I read, and what I think of it.",
}
_ITEM = {"criterionId": 1, "satisfied": 1, "comment": "Five, and a long one"}

# By the names of their schemas.
EXAMPLES: dict[str, dict[str, Any]] = {
    "NewOwner": {
        "slug": "museum",
        "name": "Museum of Everything",
        "url": "https://museum.example.org",
        "description": "We collect.",
        "email": "badges@museum.example.org",
        "image": "https://museum.example.org/mark.png",
    },
    "ChangedOwner": {"description": "We collect, and we show."},
    "NewBadge": {
        "name": "Bookworm",
        "slug": "bookworm",
        "strapline": "Reads, and reads more",
        "earnerDescription": "Read five books and tell us about them.",
        "consumerDescription": "Has read five books and told us about them.",
        "criteriaUrl": "https://example.org/bookworm",
        "unique": 1,
        "limit": 500,
        "image": "https://example.org/bookworm.png",
        "criteria": [_CRITERION],
        "alignments": [{"name": "Reading", "url": "https://example.org/standards/reading"}],
        "categories": ["Reading"],
        "tags": ["books"],
    },
    "ChangedBadge": {"strapline": "Reads everything", "archived": False},
    "NewClaimCode": {"code": "summer-of-books", "multiuse": True},
    "NewRandomCode": {"multiuse": False},
    "Claim": {"email": "grace@example.org"},
    "NewInstance": {
        "email": "grace@example.org",
        "issuedOn": "2026-03-14T15:09:26Z",
        "comment": "Well read",
    },
    "NewInstances": {"emails": ["grace@example.org", "alan@example.org"]},
    "Revocation": {"reason": "Awarded by mistake"},
    "NewApplication": {"learner": "grace@example.org", "evidence": [_EVIDENCE]},
    "ChangedApplication": {"assignedTo": "reviewer@example.org"},
    "NewReview": {
        "author": "reviewer@example.org",
        "comment": "Well done",
        "reviewItems": [_ITEM],
    },
    "ChangedReview": {"comment": "Very well done"},
    "NewMilestone": {"primaryBadgeId": 1, "numberRequired": 1, "supportBadges": [2]},
    "ChangedMilestone": {"numberRequired": 2, "action": "queue-application"},
    "BadgeOfMilestone": {"badgeId": 2},
    "NewWebhook": {
        "url": "https://example.org/hears-of-badges",
        "secret": "a long text that nobody guesses",
    },
    "NewConsumer": {
        "apiKey": "museum-site",
        "apiSecret": "a long text that nobody guesses",
        "description": "The museum's own site",
    },
}
