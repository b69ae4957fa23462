"""Images: redirects to where they are, since Lambda answers carry no bytes to every client."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.aws import storage
from chalicelib.openbadges import default_image
from tests.conftest import Cloud
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.conftest import Public


def test_an_image_of_ours_is_in_the_bucket(
    public: Public, database: peewee.Database, cloud: Cloud
) -> None:
    stored(examples.image(slug="abc", key="images/abc.png", media_type="image/png"))
    answer = public.get("/public/images/abc")
    assert answer.status == 302
    assert f"{cloud.bucket}/images/abc.png?" in answer.headers["Location"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("accept", [{}, {"Accept": "image/png"}, {"Accept": "image/*,*/*;q=0.8"}])
def test_an_image_elsewhere_stays_there(
    accept: dict[str, str], public: Public, database: peewee.Database
) -> None:
    stored(examples.image(slug="abc", url="http://example.org/b.png"))
    answer = public.get("/public/images/abc", accept)
    assert answer.status == 301
    assert answer.headers["Location"] == "http://example.org/b.png"


@pytest.mark.parametrize("url", [None, "data:image/png;base64,AAAA"])
def test_an_image_that_is_nowhere_is_not_found(
    url: str | None, public: Public, database: peewee.Database
) -> None:
    stored(examples.image(slug="abc", url=url))
    assert public.get("/public/images/abc").status == 404


def test_an_unknown_image_is_not_found(public: Public, database: peewee.Database) -> None:
    answer = public.get("/public/images/nope")
    assert answer.status == 404
    assert answer.json["message"] == "Could not find image field: `slug`, value: `nope`"


def test_the_default_image_needs_no_database(public: Public, cloud: Cloud) -> None:
    answer = public.get("/public/images/default")
    assert answer.status == 302
    ((key, content),) = cloud.objects().items()
    assert f"{cloud.bucket}/{key}?" in answer.headers["Location"]
    assert content == default_image.content()


def test_the_default_image_is_stored_once(
    public: Public, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.get("/public/images/default")
    monkeypatch.setattr(storage, "put", lambda *_: pytest.fail("stored again"))
    assert public.get("/public/images/default").status == 302
