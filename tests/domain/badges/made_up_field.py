"""A BadgeKit whose badges have one more field: run by `test_fields`, in a process of its own.

The field is one row of the table and one column. All modules that read the table are imported
after it was added, as if it stood in the file.
"""

from __future__ import annotations

import json
import sys

from peewee import CharField

from chalicelib.data.connection import open_sqlite, use
from chalicelib.data.models import Badge
from chalicelib.domain.badges import fields
from chalicelib.domain.badges.field_kinds import Text
from chalicelib.domain.shared import validation

LANGUAGE = fields.BadgeField(
    "language",
    Text(35),
    fields.OPTIONS,
    column="language",
    api=validation.text(0, 35),
    label="Language",
    needed="Choose a language.",
    too_long="Use at most 35 characters for the language.",
    mirrored=True,
)


def add(path: str) -> None:
    """Add the row and the column."""
    fields.FIELDS = (*fields.FIELDS, LANGUAGE)
    database = open_sqlite(path)
    database.execute_sql("ALTER TABLE badge ADD COLUMN language VARCHAR(35)")
    use(database)
    Badge._meta.add_field("language", CharField(35, null=True))


def use_it() -> None:
    """Take the field through everything that reads the table."""
    from chalicelib.admin.drafts import editor_form, wording
    from chalicelib.api import answer_schemas, schemas
    from chalicelib.domain.badges import badges
    from chalicelib.domain.drafts import content, drafts, from_badge, publishing, sharing
    from chalicelib.domain.events import serializers
    from chalicelib.domain.images import images
    from chalicelib.domain.owners.places import Scope
    from chalicelib.registry import mirror
    from chalicelib.web.form import Form
    from tests.domain.places import PICTURE, chicago

    # The editor: its form, its texts, its checks
    sent = editor_form.read(fields.OPTIONS, Form({"language": " en "}))
    assert sent["language"] == "en"
    assert wording.field("language") == "Language"
    assert wording.missing("language") == "Choose a language."
    long = {**sent, "language": "x" * 36}
    problems = content.problems(fields.OPTIONS, content.read(fields.OPTIONS, long))
    assert wording.wrong(problems) == {"language": LANGUAGE.too_long}

    # A draft, published
    scope, author = Scope(chicago()), "ada@example.org"
    known = {
        "name": "Star Gazer", "strapline": "S", "earnerDescription": "E",
        "consumerDescription": "C", "criteria": [{"description": "Find Orion"}],
    }  # fmt: skip
    image = images.keep(PICTURE)
    lacking = drafts.create(scope, author, known, image=image)
    assert drafts.missing(lacking) == [(fields.OPTIONS, "language")]
    draft = drafts.create(scope, author, {**known, "language": "en"}, image=image)
    badge: object = publishing.publish(draft.id)
    assert isinstance(badge, Badge)
    assert Badge.select(Badge.language).where(Badge.id == badge.id).scalar() == "en"

    # The badge: answered, changed, copied
    assert serializers.bare_badge(badge)["language"] == "en"
    assert drafts.content(from_badge.create(badge, scope, author))["language"] == "en"
    badges.update(badge, {"language": "fr"})
    assert serializers.bare_badge(badges.by_id(badge.id))["language"] == "fr"
    (wrong,) = validation.errors({"language": "x" * 36}, badges.BADGE, partial=True)
    assert wrong["field"] == "language"

    # A shared template, the API's description, a badge of another BadgeKit API
    template = drafts.create(scope, author, {**known, "language": "en"}, status=drafts.TEMPLATE)
    shared = sharing.document(template)
    assert shared["language"] == "en"
    assert sharing.parse(json.dumps(shared).encode()).content["language"] == "en"
    taken = schemas.bodies()["NewBadge"]["properties"]["language"]
    assert taken == schemas.maybe({"type": "string", "maxLength": 35})
    assert answer_schemas.answers()["Badge"]["properties"]["language"] == schemas.maybe(
        schemas.TEXT
    )
    known_elsewhere = mirror.badge({"slug": "elsewhere", "name": "E", "language": "x" * 40})
    assert serializers.bare_badge(known_elsewhere)["language"] == "x" * 35


if __name__ == "__main__":
    add(sys.argv[1])
    use_it()
