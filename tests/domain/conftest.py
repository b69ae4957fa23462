"""Fixtures of the domain's tests."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.domain.owners.places import Scope
from tests.openbadges import examples
from tests.openbadges.examples import stored


@pytest.fixture
def scratch(database: peewee.Database) -> Scope:
    """A program within an issuer within a system."""
    chicago = stored(examples.system())
    library = stored(examples.issuer(chicago))
    return Scope(chicago, library, stored(examples.program(library)))
