"""Many small cases in one test: pytest's own set-up takes longer than most of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

Check = Callable[..., None]


def every(**choices: Iterable[Any]) -> Callable[[Check], Callable[[], None]]:
    """Check every combination of some values in one test, which names all that fail.

    Parameters
    ----------
    choices : Iterable[Any]
        The values of each argument of the check, by its name.
    """
    values = [list(choice) for choice in choices.values()]
    return _one_test([dict(zip(choices, case, strict=True)) for case in itertools.product(*values)])


def pairwise(**choices: Iterable[Any]) -> Callable[[Check], Callable[[], None]]:
    """Check every pair of values of three arguments in one test, which names all that fail.

    Parameters
    ----------
    choices : Iterable[Any]
        The values of each argument of the check, by its name; the last has the fewest.
    """
    first, second, last = (list(choice) for choice in choices.values())
    assert len(last) <= min(len(first), len(second))
    cases = [
        (one, other, last[(row + column) % len(last)])
        for row, one in enumerate(first)
        for column, other in enumerate(second)
    ]
    return _one_test([dict(zip(choices, case, strict=True)) for case in cases])


def _one_test(cases: Sequence[dict[str, Any]]) -> Callable[[Check], Callable[[], None]]:
    assert cases

    def decorate(check: Check) -> Callable[[], None]:
        def test() -> None:
            failures: dict[str, BaseException] = {}
            for case in cases:
                try:
                    check(**case)
                except (Exception, pytest.fail.Exception) as failure:
                    failures[", ".join(f"{name}={value!r}" for name, value in case.items())] = (
                        failure
                    )
            if failures:
                named = "\n".join(failures)
                raise BaseExceptionGroup(
                    f"{len(failures)} of {len(cases)} cases failed:\n{named}\n",
                    list(failures.values()),
                )

        # Not `functools.wraps`: pytest would look for fixtures named as the check's arguments.
        test.__name__, test.__doc__, test.__module__ = (
            check.__name__,
            check.__doc__,
            check.__module__,
        )
        return test

    return decorate
