"""The source tree, for the gates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILT_OR_FOREIGN = {"node_modules", "__pycache__"}


@dataclass(frozen=True)
class Module:
    """A Python file.

    Parameters
    ----------
    name : str
        Dotted name, such as ``chalicelib.domain.jobs.outbox``.
    path : Path
        Path of the file.
    """

    name: str
    path: Path

    @property
    def text(self) -> str:
        """The source."""
        return self.path.read_text("utf-8")

    def imports(self, *, at_import: bool = False) -> Iterator[str]:
        """Yield the names of all imports that may be modules.

        Parameters
        ----------
        at_import : bool
            Only imports that run when the module is imported, without those for type checkers.
        """
        tree = ast.parse(self.text, str(self.path))
        for node in _at_import(tree) if at_import else ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".")
        if self.path.name != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements that run when a module is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield other
                yield from _at_import(other)
            continue
        yield child
        yield from _at_import(child)


def modules(*places: str) -> list[Module]:
    """Return the modules in some files and folders of the project."""
    found = []
    for place in places:
        start = ROOT / place
        for path in sorted(start.rglob("*.py")) if start.is_dir() else [start]:
            relative = path.relative_to(ROOT)
            if path.is_file() and not BUILT_OR_FOREIGN & set(relative.parts):
                parts = relative.with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                found.append(Module(name, path))
    return found
