"""Allowed imports: only downward through the layers of docs/design.md."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.gates.source import Module, modules

pytestmark = pytest.mark.gate

# From the top down. A module imports its own room, and rooms on lower floors; rooms on one floor do
# not import each other, but for the base, which has only modules.
FLOORS = (
    "app",
    "wiring",
    "api admin public pipeline deployment",
    "registry openbadges studio",
    "imaging net",
    "domain web",
    "data aws",
)
BASE = {
    "branding", "config", "deadline", "errors", "i18n", "limits", "logs", "queues",
    "signing_secrets", "texts", "times", "tokens", "web_addresses",
}  # fmt: skip
# The same within the two largest rooms.
INSIDE = {
    "domain": (
        "workspace",
        "reviews drafts",
        "awards",
        "events applications",
        "badges",
        "owners",
        "images",
        "jobs",
        "shared",
    ),
    "admin": (
        "routes",
        "urls",
        "drafts badges settings activity applications help start",
        "shell",
        "auth",
    ),
}
# The domain and its documents know neither HTTP nor AWS.
PURE = {"domain", "openbadges"}
NOT_FOR_THE_PURE = {
    "chalice", "boto3", "botocore", "http", "requests",
    "chalicelib.web", "chalicelib.net", "chalicelib.aws",
}  # fmt: skip
# Slow to import, and unused by most requests.
ONLY_WHEN_NEEDED = {"boto3", "botocore", "requests", "jinja2", "jwt", "cryptography", "resvg_py"}
NOT_SHIPPED = {"tests", "bench", "infra", "pytest", "hypothesis", "moto"}

SHIPPED = modules("app.py", "chalicelib")


def room(module: str) -> str:
    """Return the subpackage of a module, or an empty text for `chalicelib` itself."""
    first, _, rest = module.partition(".")
    if first == "app":
        return "app"
    return rest.split(".")[0] if first == "chalicelib" else ""


def floor(name: str, floors: Sequence[str]) -> int | None:
    return next((number for number, rooms in enumerate(floors) if name in rooms.split()), None)


def below(importer: str, imported: str, floors: Sequence[str]) -> bool:
    """Return whether the imported subpackage is in a lower layer."""
    upper, lower = floor(importer, floors), floor(imported, floors)
    return upper is not None and lower is not None and upper < lower


def may_import(importer: str, imported: str) -> bool:
    """Return whether a module may import another one, both given by dotted name."""
    inner, outer = room(importer), room(imported)
    if outer in ("", *BASE):
        return True
    if inner != outer:
        return below(inner, outer, FLOORS)
    if inner not in INSIDE:
        return True
    parts = [[*name.split("."), "", ""][2] for name in (importer, imported)]
    return parts[0] == parts[1] or "" in parts or below(*parts, INSIDE[inner])


def under(name: str, tops: set[str]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in tops)


NAMES = {module.name for module in SHIPPED}


def ours(module: Module) -> set[str]:
    """Return our modules that a module imports, including lazy imports."""
    found = {name for name in module.imports() if name in NAMES and name != module.name}
    return {
        name for name in found if not any(other.startswith(f"{name}.") for other in found)
    } - _packages_of(module.name)


def _packages_of(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts))}


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the import cycles."""
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as found:
        circle: list[str] = found.args[1]
        rest = {name: names - set(circle) for name, names in graph.items() if name not in circle}
        return [circle, *circles(rest)]
    return []


def offenders(chosen: list[Module], forbidden: set[str], **how: bool) -> dict[str, list[str]]:
    """Return the forbidden imports by module."""
    found = {m.name: [name for name in m.imports(**how) if under(name, forbidden)] for m in chosen}
    return {module: names for module, names in found.items() if names}


def test_imports_go_down() -> None:
    upward = {
        module.name: wrong
        for module in SHIPPED
        if (wrong := {name for name in ours(module) if not may_import(module.name, name)})
    }
    assert upward == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles({module.name: ours(module) for module in SHIPPED}) == []


def test_a_circle_is_found_however_long_it_is() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    (circle,) = circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert set(circle) == {"a", "b", "c"}


def test_every_room_has_its_floor() -> None:
    known = set(" ".join(FLOORS).split()) | BASE | {""}
    assert {room(module.name) for module in SHIPPED} == known
    for name, floors in INSIDE.items():
        inside = {
            module.name.split(".")[2]
            for module in SHIPPED
            if room(module.name) == name and module.name.count(".") > 1
        }
        assert inside == set(" ".join(floors).split())


@pytest.mark.parametrize(
    ("importer", "imported", "fine"),
    [
        ("app", "chalicelib.api.routes", True),
        ("chalicelib.api.badges", "chalicelib.registry", True),
        ("chalicelib.api.badges", "chalicelib.data.models", True),
        ("chalicelib.api.badges", "chalicelib.web.responses", True),
        ("chalicelib.domain.badges.badges", "chalicelib.data.models", True),
        ("chalicelib.domain.awards.awards", "chalicelib.domain.badges.badges", True),
        ("chalicelib.admin.drafts.editor", "chalicelib.admin.shell.guard", True),
        ("chalicelib.data.models", "chalicelib.config", True),
        ("chalicelib.web.templates", "chalicelib.web.urls", True),
        ("chalicelib.net.courier", "chalicelib.aws.functions", True),
        ("chalicelib.errors", "chalicelib.i18n", True),
        ("chalicelib.api.badges", "chalicelib.admin.urls", False),
        ("chalicelib.registry", "chalicelib.openbadges.v2", False),
        ("chalicelib.data.models", "chalicelib.aws.storage", False),
        ("chalicelib.domain.badges.badges", "chalicelib.registry", False),
        ("chalicelib.domain.badges.badges", "chalicelib.domain.awards.awards", False),
        ("chalicelib.domain.drafts.drafts", "chalicelib.domain.reviews.reviews", False),
        ("chalicelib.admin.auth.csrf", "chalicelib.admin.shell.guard", False),
        ("chalicelib.aws.functions", "chalicelib.net.messages", False),
        ("chalicelib.web.templates", "chalicelib.domain.badges.badges", False),
        ("chalicelib.config", "chalicelib.data.models", False),
    ],
)
def test_the_rules_mean_what_the_design_says(importer: str, imported: str, fine: bool) -> None:
    assert may_import(importer, imported) is fine


def test_what_ships_needs_nothing_that_does_not() -> None:
    assert offenders(SHIPPED, NOT_SHIPPED) == {}


def test_the_domain_knows_no_http_and_no_aws() -> None:
    pure = [module for module in SHIPPED if room(module.name) in PURE]
    assert offenders(pure, NOT_FOR_THE_PURE) == {}


def test_what_is_slow_to_import_is_imported_when_needed() -> None:
    assert offenders(SHIPPED, ONLY_WHEN_NEEDED, at_import=True) == {}


def test_aws_is_called_in_its_adapters_only() -> None:
    others = [module for module in SHIPPED if room(module.name) != "aws"]
    assert offenders(others, {"boto3", "botocore"}) == {}


def test_the_front_door_holds_no_logic() -> None:
    (door,) = modules("app.py")
    branches = (ast.If, ast.For, ast.While, ast.Try, ast.IfExp)
    found = [
        node
        for node in ast.walk(ast.parse(door.text))
        if isinstance(node, branches) and not _registers(node)
    ]
    assert found == []


def _registers(node: ast.AST) -> bool:
    return isinstance(node, ast.For) and "register_blueprint" in ast.unparse(node)


def test_the_reader_of_imports_sees_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(
        "from __future__ import annotations\n"
        "import a.b as c\n"
        "from d import e\n"
        "from . import f\n"
        "from ..g import h\n"
        "if TYPE_CHECKING:\n    import i\nelse:\n    import j\n"
        "try:\n    import k\nexcept ImportError:\n    import l\n"
        "class M:\n    import n\n"
        "def o():\n    import p\n"
    )
    module = Module("chalicelib.domain.example", path)
    everything = set(module.imports())
    at_import = set(module.imports(at_import=True))
    assert everything >= {
        "a.b", "d", "d.e", "chalicelib.domain.f", "chalicelib.g.h", "i", "j", "k", "l", "n", "p",
    }  # fmt: skip
    assert everything - at_import == {"i", "p"}
