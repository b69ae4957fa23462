"""Images: redirects to where they are, since Lambda answers carry no bytes to every client."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.aws import storage
from chalicelib.data.models import Award
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import default_image
from tests.conftest import Cloud
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.conftest import Public

ACCEPTED: list[dict[str, str]] = [
    {},
    {"Accept": "image/png"},
    {"Accept": "image/*,*/*;q=0.8"},
]


def test_an_image_of_ours_is_in_the_bucket(
    public: Public, database: peewee.Database, cloud: Cloud
) -> None:
    stored(examples.image(slug="abc", key="images/abc.png", media_type="image/png"))
    answer = public.get("/public/images/abc")
    assert answer.status == 302
    assert f"{cloud.bucket}/images/abc.png?" in answer.headers["Location"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accept", ACCEPTED[:2])
@pytest.mark.parametrize("path", ["/public/images/abc", "/images/badge/{}"])
@pytest.mark.parametrize("key", ["images/0123456789abcdef0123456789abcdef", "images/abc.png"])
def test_stored_images_are_served_to_every_client(
    method: str,
    accept: dict[str, str],
    path: str,
    key: str,
    public: Public,
    chicago: Scope,
    settings: dict[str, str],
) -> None:
    settings["IMAGE_BASE_URL"] = "https://pictures.example.org/kept/"
    image = stored(examples.image(slug="abc", key=key, media_type="image/png"))
    draft = drafts.create(
        chicago, "a@example.org", {"name": "D"}, status=drafts.TEMPLATE, image=image
    )
    answer = public.send(method, path.format(draft.id), headers=accept)
    assert (answer.status, answer.text) == (302, "")
    assert answer.headers["Location"] == f"https://pictures.example.org/kept/{key}"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_default_image_is_where_the_others_are(
    public: Public, cloud: Cloud, settings: dict[str, str]
) -> None:
    settings["IMAGE_BASE_URL"] = "https://pictures.example.org"
    answer = public.get("/public/images/default")
    (key,) = cloud.objects()
    assert answer.headers["Location"] == f"https://pictures.example.org/{key}"


def test_baked_awards_come_from_the_bucket_so_that_a_revocation_shows(
    public: Public, award: Award, cloud: Cloud, settings: dict[str, str]
) -> None:
    settings["IMAGE_BASE_URL"] = "https://pictures.example.org"
    award.baked_key = "awards/abc.png"
    award.save()
    answer = public.get(f"/public/assertions/{award.slug}/image")
    assert f"{cloud.bucket}/awards/abc.png?" in answer.headers["Location"]
    assert "X-Amz-Expires=60" in answer.headers["Location"]
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("accept", ACCEPTED)
def test_an_image_elsewhere_stays_there(
    accept: dict[str, str], public: Public, database: peewee.Database
) -> None:
    stored(examples.image(slug="abc", url="http://example.org/b.png"))
    answer = public.get("/public/images/abc", accept)
    assert answer.status == 301
    assert answer.headers["Location"] == "http://example.org/b.png"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == {"location": "http://example.org/b.png"}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


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
    monkeypatch.setattr(storage, "put_once", lambda *_, **__: pytest.fail("stored again"))
    assert public.get("/public/images/default").status == 302
