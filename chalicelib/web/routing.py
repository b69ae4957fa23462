"""Routes: blueprints whose views read `request()` and raise `BadgeKitError`s.

Exceptions of views become responses only here.
"""

from __future__ import annotations

import functools
import importlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint

from chalicelib import deadline, logs
from chalicelib.errors import BadgeKitError, Unavailable, WakingUp
from chalicelib.web.request import request
from chalicelib.web.responses import error_response, log_error_reference, new_error_id

log = logging.getLogger("badgekit")


def _response(view: Callable[[], Any], *, page: bool) -> Any:
    """Call a view; turn its exceptions into responses.

    While the database is waking up, a page that is read soon shows a notice. All other requests
    wait: a submitted form must not get lost, and clients of badgekit-api do not retry.
    """
    try:
        with deadline.within(deadline.PAGE if page and request().is_safe else deadline.CLIENT):
            return view()
    except BadgeKitError as problem:
        if isinstance(problem, WakingUp):
            log.info("the database is waking up")
        elif isinstance(problem, Unavailable):
            reference = log_error_reference(problem.status, logs.outage(problem))
            return error_response(problem, page=page, reference=reference if page else None)
        return error_response(problem, page=page)
    except Exception:
        reference = new_error_id()
        log.exception("error %s", reference)
        return error_response(
            BadgeKitError("An unexpected error occurred. It has been logged."),
            page=page,
            reference=reference,
        )


class Routes(Blueprint):
    """A blueprint whose views may raise `BadgeKitError`.

    Parameters
    ----------
    name : str
        Import name of the module.
    pages : bool
        Whether browsers get errors as pages (the API always returns JSON).
    cors : bool
        Whether scripts of other sites may read the responses (see `cors`).
    """

    def __init__(self, name: str, *, pages: bool = False, cors: bool = False) -> None:
        super().__init__(name)
        self._pages = pages
        self._cors = cors
        self.open_routes: list[str] = []

    def view(
        self, path: str, *methods: str, always_page: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a view for a path and methods (GET by default).

        Chalice's check of media types is off: views check bodies themselves.

        Parameters
        ----------
        path : str
            The path.
        *methods : str
            The methods.
        always_page : bool
            Whether all clients get errors as pages, as at a path that is a page for all of them.
        """

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(view)
            def guarded(**arguments: str) -> Any:
                is_page = always_page or (self._pages and request().wants_html)
                return _response(lambda: view(**arguments), page=is_page)

            if self._cors:
                self.open_routes.append(path)
            name = f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}"
            self.route(path, methods=list(methods or ("GET",)), content_types=[], name=name)(
                guarded
            )
            return view

        return decorate

    def lazy(self, path: str, views: Mapping[str, str], *, always_page: bool = False) -> None:
        """Register views of a path that are imported at their first request.

        Parameters
        ----------
        path : str
            The path.
        views : Mapping[str, str]
            By method, the view's module and name, such as ``chalicelib.public.views:badge``.
        always_page : bool
            Whether all clients get errors as pages.
        """

        def view(**arguments: str) -> Any:
            return import_function(views[view_method()])(**arguments)

        self.view(path, *views, always_page=always_page)(view)


def view_method() -> str:
    """Return the method that selects the view of the current request: GET for HEAD."""
    return "GET" if request().method == "HEAD" else request().method


def import_function(name: str) -> Callable[..., Any]:
    """Import a function by its module and name, such as ``chalicelib.public.views:badge``."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
