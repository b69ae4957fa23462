"""The shared limits agree with each other and with those of AWS."""

from __future__ import annotations

from chalicelib import limits
from chalicelib.web import responses

LAMBDA = 6 * limits.MB


def test_an_image_fits_into_its_requests_and_responses() -> None:
    in_base64 = 4 * -(-limits.PICTURE // 3)
    assert limits.PICTURE < limits.PICTURE_FORM <= LAMBDA
    assert in_base64 < limits.API_BODY
    assert limits.PICTURE_MB * limits.MB == limits.PICTURE
    assert limits.API_BODY_MB * limits.MB == limits.API_BODY


def test_random_slugs_are_logged_whole() -> None:
    assert limits.RANDOM_SLUG <= responses.LONGEST_LOGGED < limits.SLUG
