"""Badges of the tests of awards."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.data.models import Badge
from tests.openbadges import examples
from tests.openbadges.examples import stored


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    return stored(examples.badge(None))


@pytest.fixture
def other_badge(database: peewee.Database) -> Badge:
    return stored(examples.badge(None, slug="other"))
