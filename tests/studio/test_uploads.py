"""Uploads are what their bytes say, and are kept in the bucket."""

from __future__ import annotations

import pytest

from chalicelib.badges import images
from chalicelib.openbadges import default_image
from chalicelib.studio import uploads
from tests.conftest import Cloud

PNG = default_image.content()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 and so on", "image/jpeg"),
        (b"GIF89a and so on", "image/gif"),
        (b"<svg onload='alert(1)'/>", None),
        (b"", None),
        (PNG + b"x" * images.LARGEST, None),
    ],
)
def test_a_picture_is_known_by_its_bytes_and_its_size(content: bytes, kind: str | None) -> None:
    assert uploads.kind(content) == kind


def test_a_picture_is_kept_under_a_name_that_nobody_guesses(cloud: Cloud) -> None:
    picture = uploads.store(PNG, "image/png")
    assert (picture.media_type, picture.url) == ("image/png", None)
    assert cloud.objects() == {picture.key: PNG}
    assert uploads.store(PNG, "image/png").key != picture.key
