"""Limits that more than one module obeys: each has one row, its unit and its reason.

A limit that only one module knows stands there. Other places to look:

* how many rows a page of a list has: `PageSize` in `domain/shared/pagination.py`;
* how long slugs are made: `domain/shared/slugs.py`;
* how many requests a second API Gateway lets through: the stack's parameter `RequestsPerSecond`,
  set in `infra/aws/stack/parameters.yml` and applied in `infra/aws/template.py`. Besides it, only
  the sign-in links below have a rate limit.
"""

from __future__ import annotations

MB = 1024 * 1024  # bytes

# Pictures and what carries them
PICTURE = 5 * MB  # bytes of a picture, uploaded, fetched, kept or baked: below Lambda's 6 MB
PICTURE_MB = PICTURE // MB  # the same, for texts
PICTURE_FORM = PICTURE + MB  # bytes of a form of the admin UI that uploads one
API_BODY = PICTURE * 8 // 5  # bytes of a call of the API: in base64, a picture is a third larger
API_BODY_MB = API_BODY // MB  # the same, for texts
FETCHED = PICTURE  # bytes of an answer of another site, unless its reader takes less: it may be one

# Slugs
SLUG = 255  # characters of the slug of a badge or an owner: their columns' width, as badgekit-api's
RANDOM_SLUG = 40  # characters of the longest slug that is made at random, which is an award's

# Sign-in links that are alive at once, for one e-mail address
SIGN_IN_LINKS_PER_BROWSER = 5  # asked for by one browser
SIGN_IN_LINKS_PER_ADDRESS = 25  # by all: more, so that nobody locks the owner out by asking
