"""Limits that several modules share: one row each, with its unit and its reason.

A limit that only one module needs is in that module. Where to find others:

* rows on a page of each list: `PageSize` in `domain/shared/pagination.py`
* how slugs are made: `domain/shared/slugs.py`
* requests per second: API Gateway limits them by the stack's parameter `RequestsPerSecond`, which
  is in `infra/aws/stack/parameters.yml` and applied in `infra/aws/template.py`
* webhook retries and their delays: `WEBHOOK` in `domain/jobs/kinds.py`
* pixels of an image: `WIDEST` in `imaging/raster.py`; the smallest side is in `imaging/uploads.py`

Sign-in links, below, are the only requests that the code itself limits; it also limits emails that
invite or give feedback.
"""

from __future__ import annotations

MB = 1024 * 1024  # bytes

# Images
PICTURE = 5 * MB  # bytes of an image: uploaded, fetched, stored or baked; below Lambda's 6 MB
PICTURE_MB = PICTURE // MB  # the same in MB, for messages
PICTURE_FORM = PICTURE + MB  # bytes of a form of the admin UI that uploads an image
API_BODY = PICTURE * 8 // 5  # bytes of an API request: an image in base64 is a third larger
API_BODY_MB = API_BODY // MB  # the same in MB, for messages
FORM = 128 * 1024  # bytes of a form of the admin UI without files or long lists
FETCHED = PICTURE  # bytes of a response from another site, by default: it may be an image

# Slugs
SLUG = 255  # characters of the slug of a badge or owner, as in badgekit-api: its column's width
RANDOM_SLUG = 40  # characters of the longest random slug, which is that of an award

# Sign-in links to one email address: see `admin/auth/sign_in_limits.py`
SIGN_IN_LINKS_PER_BROWSER = 5  # valid and unused, requested by one browser
SIGN_IN_LINKS_PER_ADDRESS = 25  # valid and unused; beyond, one of the busiest network gives way
SIGN_IN_MAILS_PER_KNOWN_BROWSER = 10  # in an hour, besides those of strangers
# In an hour, requested from one network: while fewer than this part of SIGN_IN_MAILS_PER_HOUR were
# sent at the request of strangers, this many.
SIGN_IN_MAILS_PER_NETWORK = ((1 / 4, 8), (1 / 2, 2), (1, 1))

# People whom one person invites in an hour, each perhaps more than once: emails to strangers in the
# deployment's name. Permissions are granted beyond it, too.
INVITED_PER_HOUR = 50

# Feedback emails to one address in an hour; the others wait for their turn. Any API key can cause
# them. Emails about awards are not limited: each is owed to its earner.
FEEDBACK_MAILS_PER_HOUR = 4
