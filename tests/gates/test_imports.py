"""Who may import whom: one way, down the rooms of docs/design.md."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.gates.source import Module, modules

pytestmark = pytest.mark.gate

# From the top down; rooms on one floor do not import each other.
FLOORS: list[set[str]] = [
    {"app"},
    {"api", "admin", "public", "issuing", "deploying", "carrying"},
    {"registry", "openbadges", "studio"},
    {"badges"},
    {"data", "aws"},
]
BASE = {"config", "errors", "language", "times", "tokens"}
# Shared by some rooms only, and standing on the base alone (http shows errors as pages, when there
# are any, and pages link as http does).
SHARED = {
    "logs": {"app"},
    "waking": {"http", "issuing", "data"},
    "incoming": {"api", "http"},
    "forms": {"api", "admin"},
    "http": {"app", "api", "admin", "public", "issuing", "pages"},
    "pages": {"app", "api", "admin", "public", "issuing", "http"},
    "png": {"issuing", "openbadges", "studio"},
    "outgoing": {"api", "admin", "public", "issuing", "carrying", "registry", "openbadges"},
    "errands": {"app", "outgoing", "carrying", "registry", "aws"},
}
# The domain and its documents know neither HTTP nor AWS.
PURE = {"badges", "openbadges"}
NOT_FOR_THE_PURE = {
    "chalice", "boto3", "botocore", "http", "requests", "chalicelib.http", "chalicelib.pages",
}  # fmt: skip
# Slow to import, and not needed by most requests.
ONLY_WHEN_NEEDED = {"boto3", "botocore", "requests", "jinja2", "jwt", "cryptography", "resvg_py"}
NOT_SHIPPED = {"tests", "bench", "infra", "pytest", "hypothesis", "moto"}

SHIPPED = modules("app.py", "chalicelib")


def room(module: str) -> str:
    """Return the room of a module of ours, or the empty text for the house itself."""
    first, _, rest = module.partition(".")
    if first == "app":
        return "app"
    return rest.split(".")[0] if first == "chalicelib" else ""


def floor(name: str) -> int | None:
    return next((number for number, rooms in enumerate(FLOORS) if name in rooms), None)


def may_import(importer: str, imported: str) -> bool:
    """Tell whether a room may import another one."""
    if imported in ("", importer) or imported in BASE:
        return True
    if imported in SHARED:
        return importer in SHARED[imported]
    upper, lower = floor(importer), floor(imported)
    return upper is not None and lower is not None and upper < lower


def under(name: str, tops: set[str]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in tops)


def ours(module: Module) -> set[str]:
    """Return the rooms that a module imports from."""
    return {
        room(name)
        for name in module.imports()
        if name.split(".")[0] in ("app", "chalicelib") and _is_room(room(name))
    }


def _is_room(name: str) -> bool:
    """Tell a module from a plain name of the house, such as `chalicelib.VERSION`."""
    return any(room(module.name) == name for module in SHIPPED)


def offenders(chosen: list[Module], forbidden: set[str], **how: bool) -> dict[str, list[str]]:
    """Return which modules import what they must not."""
    found = {m.name: [name for name in m.imports(**how) if under(name, forbidden)] for m in chosen}
    return {module: names for module, names in found.items() if names}


def test_imports_go_down() -> None:
    upward = {
        module.name: wrong
        for module in SHIPPED
        if (wrong := {name for name in ours(module) if not may_import(room(module.name), name)})
    }
    assert upward == {}


def test_every_room_has_its_floor() -> None:
    known = set().union(*FLOORS) | BASE | set(SHARED) | {""}
    assert {room(module.name) for module in SHIPPED} <= known


@pytest.mark.parametrize(
    ("importer", "imported", "fine"),
    [
        ("app", "api", True),
        ("api", "registry", True),
        ("api", "data", True),
        ("api", "http", True),
        ("badges", "data", True),
        ("data", "config", True),
        ("http", "pages", True),
        ("registry", "outgoing", True),
        ("carrying", "aws", True),
        ("outgoing", "errands", True),
        ("api", "admin", False),
        ("registry", "openbadges", False),
        ("data", "aws", False),
        ("badges", "registry", False),
        ("badges", "outgoing", False),
        ("outgoing", "carrying", False),
        ("outgoing", "aws", False),
        ("errands", "outgoing", False),
        ("registry", "http", False),
        ("config", "data", False),
        ("errors", "http", False),
        ("pages", "badges", False),
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
    module = Module("chalicelib.badges.example", path)
    everything = set(module.imports())
    at_import = set(module.imports(at_import=True))
    assert everything >= {
        "a.b", "d", "d.e", "chalicelib.badges.f", "chalicelib.g.h", "i", "j", "k", "l", "n", "p",
    }  # fmt: skip
    assert everything - at_import == {"i", "p"}
