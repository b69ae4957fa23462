"""Mutation tests: `make mutants` makes one small change at a time and shows which no test detects.

Each mutant is one change to a module: a comparison, a condition, a call left out. The tests
of that module run against it; when all of them pass, the mutant survives, and its diff is printed.
By default the modules are those that differ from `main`; the order is random, so that a short time
still gives a fair sample. Cosmic Ray makes the mutants and runs the tests; this module adds
operators that it lacks.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import difflib
import itertools
import os
import py_compile
import queue
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple

import parso
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import use_mutation
from cosmic_ray.operators.operator import Operator
from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome

ROOT = Path(__file__).parents[1]
CODE, TESTS = Path("chalicelib"), Path("tests")
NOT_MUTATED = ("chalicelib/data/migrations/",)
# Cosmic Ray's operators that make plausible mistakes; numbers and strings are not mutated.
COMPARISONS = (
    "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt",
    "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt",
)  # fmt: skip
ARITHMETIC = ("Add_Sub", "Sub_Add", "BitOr_BitAnd", "BitAnd_BitOr")
OTHERS = (
    "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr",
    "ReplaceOrWithAnd", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak",
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_USub_UAdd",
    "ZeroIterationForLoop",
)  # fmt: skip
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
NO_TESTS = 5  # pytest's exit code when nothing was selected
SQLITE, MARIADB = "not mariadb", "mariadb"  # the halves of the tests, as pytest selects them


class _Replaced(Operator):
    """Replaces nodes by other code."""

    code: str

    def _is_replaced(self, node: Any) -> bool:
        raise NotImplementedError

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if self._is_replaced(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        prefix = node.get_first_leaf().prefix
        return parso.parse(prefix + self.code)

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return ()


class RemoveStatement(_Replaced):
    """Leaves out a call whose value is not used, or an assignment to an attribute or item."""

    code = "None"

    def _is_replaced(self, node: Any) -> bool:
        if node.parent is None or node.parent.type != "simple_stmt":
            return False
        changed = node.children[0] if node.type == "expr_stmt" else node
        return changed.type in ("atom_expr", "power")


class CatchNothing(_Replaced):
    """Stops catching exceptions; Cosmic Ray's own operator cannot replace dotted names."""

    code = "()"

    def _is_replaced(self, node: Any) -> bool:
        around = node.parent
        return around is not None and around.type == "except_clause" and node is around.children[1]


class RemoveCondition(_Replaced):
    """Makes one of the conditions of a query's `where` true for every row."""

    code = "True"

    def _is_replaced(self, node: Any) -> bool:
        if node.type not in ("comparison", "atom_expr", "power"):
            return False
        around = node.parent.parent if node.parent.type == "arglist" else node.parent
        if around.type != "trailer":
            return False
        called = around.get_previous_sibling()
        return called is not None and called.get_code().strip() == ".where"


OPERATORS: dict[str, Any] = {
    **{
        name: plugins.get_operator(f"core/{name}")
        for name in (
            *(f"ReplaceComparisonOperator_{change}" for change in COMPARISONS),
            *(f"ReplaceBinaryOperator_{change}" for change in ARITHMETIC),
            *OTHERS,
        )
    },
    "RemoveStatement": RemoveStatement,
    "CatchNothing": CatchNothing,
    "RemoveCondition": RemoveCondition,
}


class Mutant(NamedTuple):
    """A change to a module: the n-th place where an operator applies."""

    module: Path
    operator: str
    occurrence: int
    line: int


def changed(against: str, root: Path = ROOT) -> list[Path]:
    """Return the modules changed since this branch diverged from another one."""
    base = _git(root, "merge-base", against, "HEAD").strip()
    names = [
        *_git(root, "diff", "--name-only", "--diff-filter=d", base, "--", str(CODE)).splitlines(),
        *_git(root, "ls-files", "--others", "--exclude-standard", "--", str(CODE)).splitlines(),
    ]
    return [Path(name) for name in sorted(set(names)) if is_mutated(name)]


def is_mutated(name: str) -> bool:
    """Return whether a file is a module to mutate."""
    return name.endswith(".py") and not name.startswith(NOT_MUTATED)


def _git(root: Path, *arguments: str) -> str:
    answer = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        sys.exit(answer.stderr.strip() or f"git {arguments[0]} failed")
    return answer.stdout


class Tests(NamedTuple):
    """The test files that mirror a module, and their neighbors that import it."""

    own: tuple[str, ...]
    neighbors: tuple[str, ...]

    def runs(self) -> list[tuple[str, Sequence[str]]]:
        """Return the runs, each with one database and some files, the fastest to fail first."""
        both = self.own + self.neighbors
        runs = ((SQLITE, self.own), (SQLITE, self.neighbors), (MARIADB, both))
        return [(half, files) for half, files in runs if files]


def mirrored(module: Path, root: Path = ROOT) -> Tests:
    """Return the tests of a module."""
    folder = TESTS / module.parent.relative_to(CODE)
    name = module.stem if module.stem != "__init__" else module.parent.name
    named = re.compile(rf"test_{name}(_\w+)?\.py")
    files = sorted((root / folder).glob("test_*.py"))
    own = [file for file in files if named.fullmatch(file.name)]
    dotted = ".".join(module.with_suffix("").parts).removesuffix(".__init__")
    neighbors = [file for file in files if file not in own and dotted in _imported(file)]
    return Tests(
        tuple(str(file.relative_to(root)) for file in own),
        tuple(str(file.relative_to(root)) for file in neighbors),
    )


def _imported(path: Path) -> set[str]:
    """Return the dotted names of all imports of a file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def mutants(module: Path, root: Path = ROOT) -> list[Mutant]:
    """Return all mutants of a module."""
    tree = get_ast_from_path(root / module)
    left_out = list(_left_out((root / module).read_text("utf-8")))
    found = []
    for name, operator in OPERATORS.items():
        positions = (at for node in ast_nodes(tree) for at in operator().mutation_positions(node))
        for occurrence, (start, _) in enumerate(positions):
            if not any(first <= start < last for first, last in left_out):
                found.append(Mutant(module, name, occurrence, start[0]))
    return found


def _left_out(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the positions of code whose changes no test can or should detect.

    Annotations, decorators, log lines, imports for types, and `zip` that is strict to be safe.
    """
    for node in ast.walk(ast.parse(source)):
        nodes: list[Any] = [
            getattr(node, "annotation", None),
            getattr(node, "returns", None),
            *getattr(node, "decorator_list", ()),
        ]
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes.append(node)
        if isinstance(node, ast.keyword) and node.arg == "strict":
            nodes.append(node)
        if isinstance(node, ast.Expr) and ast.unparse(node).startswith("log."):
            nodes.append(node)
        for one in nodes:
            if one is not None:
                yield (one.lineno, one.col_offset), (one.end_lineno, one.end_col_offset)


def copied(root: Path, to: Path) -> Path:
    """Copy the work tree, where mutants are made, with bytecode that is checked against its source."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, to / name)
    for folder in (CODE, TESTS):
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(to / folder, quiet=2, invalidation_mode=mode)
    return to


def command(half: str, files: Sequence[str], folder: Path) -> str:
    """Return the shell command that runs some tests on one database; no tests is not a failure."""
    run = shlex.join((sys.executable, *PYTEST, "-k", half, *files))
    return f"cd {shlex.quote(str(folder))} && {{ {run} || [ $? -eq {NO_TESTS} ]; }}"


def seconds_without_mutant(tests: Iterable[Tests], folder: Path) -> float:
    """Run the tests without a mutant; return the seconds of the slower half, or exit if one fails."""
    longest, files = 0.0, sorted({file for one in tests for file in one.own + one.neighbors})
    for half in (SQLITE, MARIADB):
        begun = time.monotonic()
        run = ["sh", "-c", command(half, files, folder)]
        answer = subprocess.run(run, capture_output=True, text=True, check=False)
        longest = max(longest, time.monotonic() - begun)
        if answer.returncode:
            sys.exit(f"The tests fail without any mutant:\n{answer.stdout[-5000:]}")
    return longest


def diff_if_alive(mutant: Mutant, tests: Tests, seconds: float, folder: Path) -> str | None:
    """Make a mutant in a folder and test it; return its diff if no test fails in time."""
    operator = OPERATORS[mutant.operator]()
    with use_mutation(folder / mutant.module, operator, mutant.occurrence) as (before, after):
        for half, files in tests.runs():
            run = shlex.join(("sh", "-c", command(half, files, folder)))
            outcome, _ = run_tests(run, seconds)
            if outcome is not TestOutcome.SURVIVED:
                return None
    lines = difflib.unified_diff(
        before.splitlines(), (after or "").splitlines(), str(mutant.module), lineterm="", n=2
    )
    return "\n".join(itertools.islice(lines, 2, None))


def tried(
    wanted: Iterable[Mutant],
    tests: Mapping[Path, Tests],
    folders: Sequence[Path],
    until: float,
    each: float,
) -> Iterator[tuple[Mutant, str | None]]:
    """Try mutants until the time is up, one at a time in each folder.

    Parameters
    ----------
    wanted : Iterable[Mutant]
        The mutants, in order.
    tests : Mapping[Path, Tests]
        The tests of each module.
    folders : Sequence[Path]
        Copies of the work tree.
    until : float
        End time, from `time.monotonic`.
    each : float
        Timeout of a test run in seconds; a timeout counts as a detected mutant.

    Yields
    ------
    tuple[Mutant, str or None]
        Each tested mutant, with its diff if it survived.
    """
    line = iter(wanted)
    free: queue.Queue[Path] = queue.Queue()
    for folder in folders:
        free.put(folder)

    def one(mutant: Mutant) -> tuple[Mutant, str | None]:
        folder = free.get()
        try:
            return mutant, diff_if_alive(mutant, tests[mutant.module], each, folder)
        finally:
            free.put(folder)

    with ThreadPoolExecutor(len(folders)) as threads:
        running: set[Future[tuple[Mutant, str | None]]] = set()
        while True:
            if time.monotonic() < until:
                running |= {
                    threads.submit(one, mutant)
                    for mutant in itertools.islice(line, len(folders) - len(running))
                }
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make mutants", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("modules", nargs="*", help="such as chalicelib/tokens.py")
    parser.add_argument("--against", default="main", help="the branch to compare with")
    parser.add_argument("--minutes", type=float, default=10.0, help="for how long")
    parser.add_argument("--most", type=int, help="how many mutants at most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--seed", type=int, default=0, help="of the random order")
    return parser.parse_args()


def main() -> None:
    """Test mutants of the named or changed modules, and print those that survive."""
    options = _options()
    chosen = [Path(name) for name in options.modules] or changed(options.against)
    tests = {module: found for module in chosen if (found := mirrored(module)).runs()}
    for module in chosen:
        if module not in tests:
            print(f"{module} has no tests of its own, so it is not mutated")
    if not tests:
        print(f"No module with tests differs from {options.against}. To name one:")
        print('  make mutants ARGS="chalicelib/tokens.py"')
        return
    line = [mutant for module in tests for mutant in mutants(module)]
    random.Random(options.seed).shuffle(line)
    until = time.monotonic() + options.minutes * 60
    count, alive = Counter[Path](), Counter[Path]()
    # Some tests replay recordings that are beside the checkout, not beside the copies.
    os.environ.setdefault("BADGEKIT_SHARED", str(ROOT.parent / "shared"))
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        folders = [Path(place) / str(number) for number in range(options.jobs)]
        copied(ROOT, folders[0])
        print(f"Running the tests of {len(tests)} modules, and then their {len(line)} mutants ...")
        try:
            each = 30 + 4 * seconds_without_mutant(tests.values(), folders[0])
            for folder in folders[1:]:
                shutil.copytree(folders[0], folder)  # with pytest's caches
            for mutant, diff in tried(line[: options.most], tests, folders, until, each):
                count[mutant.module] += 1
                if diff is not None:
                    alive[mutant.module] += 1
                    print(f"\n{mutant.module}:{mutant.line} survives {mutant.operator}\n{diff}")
                if count.total() % 25 == 0:
                    print(f"{count.total()} tried, {alive.total()} alive", flush=True)
        except KeyboardInterrupt:
            print("Stopped.")
    print()
    for module in tests:
        print(f"{alive[module]:5} of {count[module]:5} alive  {module}")
    share = 100 * alive.total() / max(1, count.total())
    print(f"{count.total()} mutants tried, {alive.total()} alive ({share:.1f} %)")


if __name__ == "__main__":
    main()
