"""What the origins of awards begin with: an origin names what an award results from.

An award without one was made through the API or by another BadgeKit API.
"""

from __future__ import annotations

APPLICATION = "application:"  # and the application's slug
ISSUE = "issue:"  # and the batch that was issued in the admin UI, and a number
MILESTONE = "milestone:"  # and the milestone's id, and a digest of the address
