"""Images of designs: stored once, with their sources and alternative text."""

from __future__ import annotations

import struct
from typing import Any

import peewee
import pytest

from chalicelib.domain.images import images
from chalicelib.domain.images.images import Picture
from chalicelib.studio import design, drawing, pictures, rendering
from chalicelib.studio.design import DesignRefused
from tests.conftest import Cloud

ROCKET: dict[str, Any] = {"version": 1, "shape": "shield", "graphic": {"name": "rocket"}}


@pytest.fixture
def bucket(database: peewee.Database, cloud: Cloud) -> Cloud:
    return cloud


def test_picture_drawing_and_design_lie_beside_each_other(bucket: Cloud) -> None:
    picture = pictures.keep(ROCKET, "To the moon")
    svg = drawing.svg(design.read(ROCKET))
    png = rendering.png(svg, 512)
    assert picture.key
    assert picture.design
    assert struct.unpack(">II", png[16:24]) == (512, 512)
    assert bucket.objects() == {
        picture.key: png,
        picture.key.replace(".png", ".svg"): svg.encode(),
        picture.key.replace(".png", ".json"): picture.design.encode(),
    }
    assert (picture.media_type, picture.alt) == ("image/png", "To the moon")
    assert design.read(picture.design) == design.read(ROCKET)


def test_the_same_design_is_one_picture_however_it_is_written(bucket: Cloud) -> None:
    other = {"graphic": {"size": 100, "name": "rocket"}, "shape": "shield", "version": 1}
    assert pictures.keep(ROCKET, None) == pictures.keep(other, None)
    assert len(bucket.objects()) == 3
    assert pictures.keep({**ROCKET, "shape": "heart"}, None).key != pictures.keep(ROCKET, None).key


def test_without_words_it_is_described(bucket: Cloud) -> None:
    for nothing in (None, ""):
        assert pictures.keep(ROCKET, nothing).alt == "Shield with a graphic: Rocket."


@pytest.mark.parametrize("document", [None, [], {}, {"version": 2}, {"version": 1, "shape": "x"}])
def test_what_is_no_design_is_refused_before_anything_is_kept(bucket: Cloud, document: Any) -> None:
    with pytest.raises(DesignRefused):
        pictures.keep(document, None)
    assert bucket.objects() == {}


def test_what_somebody_said_is_told_from_what_a_design_says_itself(bucket: Cloud) -> None:
    def own(picture: Picture | None) -> tuple[str, str]:
        image = images.keep(picture)
        return pictures.custom_alt_text(image), pictures.alt_text_of(image)

    itself = "Shield with a graphic: Rocket."
    assert own(pictures.keep(ROCKET, None)) == ("", itself)
    assert own(pictures.keep(ROCKET, itself)) == ("", itself)
    assert own(pictures.keep(ROCKET, "To the moon")) == ("To the moon", itself)
    assert own(Picture(url="http://example.org/a.png", alt="A photo")) == ("", "")
    assert own(Picture(key="images/1.png", alt="Own", design='{"version":9}')) == ("Own", "")
    assert own(Picture(key="images/1.png", design="[")) == ("", "")
    assert own(None) == ("", "")
