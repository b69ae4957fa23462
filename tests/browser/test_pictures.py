"""Choosing an image file: a preview is shown, and large photographs are scaled down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chalicelib.admin.auth import session
from chalicelib.data.models import Draft
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope
from tests.admin.conftest import ADMINISTRATOR
from tests.domain.places import chicago
from tests.imaging import pictures

pytestmark = pytest.mark.browser
SHOWN = "document.querySelector('[data-picture]')"


@pytest.fixture
def width() -> int:
    return 1280


@pytest.fixture
def tab(page: Any, site: str) -> Any:
    """The visual section of a draft, opened by an administrator."""
    value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
    page.context.add_cookies([{"name": "session", "value": value, "url": site}])
    draft: Draft = drafts.create(Scope(chicago()), "someone@example.org", {"name": "Star Gazer"})
    page.goto(f"/drafts/{draft.id}/edit/visual")
    return page


def chosen(tab: Any, content: bytes, tmp_path: Path) -> None:
    """Choose a file with this content, and wait for its preview."""
    file = tmp_path / "picture.png"
    file.write_bytes(content)
    tab.set_input_files("#image", str(file))
    tab.locator("[data-picture][src^='data:image']").wait_for()
    tab.evaluate(f"{SHOWN}.decode()")


@pytest.mark.parametrize(
    ("size", "sent"),
    [((3000, 1500), (2048, 1024)), ((2048, 900), (2048, 900)), ((2500, 600), (2500, 600))],
    ids=["wide and high", "not too wide", "wide, but not high"],
)
def test_only_photographs_are_scaled_down(
    tab: Any, tmp_path: Path, size: tuple[int, int], sent: tuple[int, int]
) -> None:
    chosen(tab, pictures.png(*size), tmp_path)
    shown = tab.evaluate(f"[{SHOWN}.naturalWidth, {SHOWN}.naturalHeight]")
    assert tuple(shown) == sent
