"""Public ids, which never change, for owners and badges; versions of badges; copies of pictures.

Addresses of this deployment that rows hold as text become references, or are built when read.
"""

import hashlib
import json
import re
import secrets
import unicodedata
from urllib.parse import unquote

from peewee import *

from chalicelib import config, times
from chalicelib.data.fields import IdField, LongTextField, MomentField, PublicIdField
from chalicelib.data.migration_ops import create, extend

ROWS = 500  # read and changed at a time


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class Image(Table):
    pass


class System(Table):
    public_id = PublicIdField()


class Issuer(Table):
    public_id = PublicIdField()


class Program(Table):
    public_id = PublicIdField()


class FormerOwner(Table):
    public_id = PublicIdField(null=False)
    name = CharField(255)
    url = TextField()
    description = TextField(null=True)
    email = CharField(255, null=True)
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    deleted = MomentField()


class Badge(Table):
    public_id = PublicIdField()
    former_owner = CharField(32, null=True, index=True)


class BadgeVersion(Table):
    badge = ForeignKeyField(Badge, on_delete="CASCADE")
    public_id = PublicIdField(null=False)
    content = LongTextField()
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    created = MomentField()


class PublishedAddress(Table):
    key = CharField(64, unique=True)
    public_id = CharField(32)
    created = MomentField()


class Award(Table):
    badge_class = CharField(32, null=True)


class Job(Table):
    image = ForeignKeyField(Image, null=True, on_delete="CASCADE")


def up(migrator, db):
    create(db, [FormerOwner])
    extend(db, [System, Issuer, Program, Badge, Award, Job])
    create(db, [BadgeVersion, PublishedAddress])
    for table in (System, Issuer, Program, Badge):
        give_public_ids(db, table._meta.table_name)
    keep_addresses_of_deleted_badges(db)
    build_criteria_addresses(db)
    share_own_pictures(db)
    copy_pictures(db)


def execute(db, sql, *values):
    return db.execute_sql(sql.replace("?", db.param), values)


def slices(db, sql, *values):
    """Yield the rows of a query by id, some at a time; it begins with the id."""
    last = 0
    while rows := execute(db, f"{sql} ORDER BY id LIMIT {ROWS}", last, *values).fetchall():
        yield from rows
        last = rows[-1][0]


def give_public_ids(db, table):
    for (number,) in slices(db, f"SELECT id FROM {table} WHERE id > ? AND public_id IS NULL"):
        execute(db, f"UPDATE {table} SET public_id = ? WHERE id = ?", secrets.token_hex(16), number)


def key(kind, *slugs):
    """As in `domain/owners/addresses.py` when this migration was written."""
    names = [unicodedata.normalize("NFC", slug).lower() for slug in slugs]
    return hashlib.sha256(json.dumps([kind, *names]).encode()).hexdigest()


def keep_addresses_of_deleted_badges(db):
    """Their assertions were baked with the slug that they had, unless another badge has it now."""
    found = slices(
        db,
        "SELECT id, slug, public_id, system_id, issuer_id, program_id FROM badge "
        "WHERE id > ? AND deleted IS NOT NULL",
    )
    for _, slug, public_id, *owners in found:
        before = slug_before(slug)
        if before is None or execute(db, "SELECT 1 FROM badge WHERE slug = ?", before).fetchone():
            continue
        names = []
        for table, owner in zip(("system", "issuer", "program"), owners, strict=True):
            row = execute(db, f"SELECT slug FROM {table} WHERE id = ?", owner).fetchone()
            names += row or ()
        known = [key("badge", *names, before)]
        known += [key("criteria", names[0], before)] if names else []
        for one in known:
            if not execute(db, "SELECT 1 FROM published_address WHERE `key` = ?", one).fetchone():
                values = (one, public_id, moment())
                execute(
                    db,
                    "INSERT INTO published_address (`key`, public_id, created) VALUES (?, ?, ?)",
                    *values,
                )


def slug_before(slug):
    """Return the slug that a deleted badge had, or its first 200 characters; None for another."""
    found = re.fullmatch(r"(.*)-[0-9a-f]{32}", slug, re.DOTALL)
    return found and found[1]


def moment():
    return MomentField().db_value(times.now())


CRITERIA = re.compile(r"/system/([^/]+)/badge/([^/?#]+)/criteria")


def build_criteria_addresses(db):
    """Our own page of a badge's criteria is built from its id, whatever host we have."""
    sql = "SELECT id, slug, criteria_url FROM badge WHERE id > ? AND criteria_url LIKE ?"
    for number, slug, url in slices(db, sql, "%/criteria"):
        found = CRITERIA.fullmatch(config.settings().own_path(url) or "")
        if found is None:
            continue
        named = unquote(found[2])
        if named[:200].lower() == (slug_before(slug) or "").lower():  # another badge may have it now
            execute(db, "UPDATE badge SET criteria_url = '' WHERE id = ?", number)
            continue
        other = execute(
            db, "SELECT 1 FROM badge WHERE slug = ? AND slug <> ? AND deleted IS NULL", named, slug
        )
        if not other.fetchone():
            execute(db, "UPDATE badge SET criteria_url = '' WHERE id = ?", number)


OWN_PICTURE = re.compile(r"/public/images/([^/?#]+)")


def share_own_pictures(db):
    """A picture given by an address of ours is the picture at that address."""
    sql = "SELECT id, url FROM image WHERE id > ? AND `key` IS NULL AND url LIKE ?"
    for number, url in slices(db, sql, "%/public/images/%"):
        found = OWN_PICTURE.fullmatch(config.settings().own_path(url) or "")
        named = found and unquote(found[1])
        row = named and execute(db, "SELECT id FROM image WHERE slug = ?", named).fetchone()
        if row and row[0] != number:
            for table in ("system", "issuer", "program", "badge", "draft"):
                execute(db, f"UPDATE {table} SET image_id = ? WHERE image_id = ?", row[0], number)


def copy_pictures(db):
    """Add a job for each picture elsewhere; the sweep sends their messages."""
    sql = "SELECT id FROM image WHERE id > ? AND `key` IS NULL AND url IS NOT NULL"
    for (number,) in slices(db, sql):
        name = f"image:{number}"
        if not execute(db, "SELECT 1 FROM job WHERE `key` = ?", name).fetchone():
            now = moment()
            execute(
                db,
                "INSERT INTO job (kind, `key`, image_id, state, attempts, due, created, updated) "
                "VALUES ('image', ?, ?, 'received', 0, ?, ?, ?)",
                name, number, now, now, now,
            )  # fmt: skip
