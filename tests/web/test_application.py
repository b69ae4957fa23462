"""The application: routes, requests, responses, errors and security headers."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from chalice.app import Response
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import config, deadline
from chalicelib.errors import (
    Conflict,
    Gone,
    InvalidContent,
    InvalidParameter,
    NotAuthorized,
    TooLarge,
    Unavailable,
    ValidationError,
    WakingUp,
)
from chalicelib.web import application, responses
from chalicelib.web.application import BadgeKit
from chalicelib.web.request import BODY_LIMIT, Request, request
from chalicelib.web.responses import html_response, json_response, redirect
from chalicelib.web.routing import Routes
from tests.client import event as event_of

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
Together = Callable[..., list[Any]]
Views = Callable[..., Any]


def event(
    method: str = "GET",
    target: str = "/",
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
    *,
    base64_: bool = False,
) -> dict[str, Any]:
    """Return an event of an API Gateway REST API: the path encoded, the query decoded."""
    url = urlsplit(target)
    return {
        "resource": "/{proxy+}",
        "path": url.path,
        "httpMethod": method,
        "headers": headers,
        "multiValueQueryStringParameters": parse_qs(url.query, keep_blank_values=True) or None,
        "pathParameters": {"proxy": url.path.strip("/")},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method, "resourcePath": "/{proxy+}", "path": f"/prod{url.path}",
        },
        "body": body,
        "isBase64Encoded": base64_,
    }  # fmt: skip


def read(target: str = "/", **more: Any) -> Request:
    made = event("POST", target, **more)
    return Request(made, made["path"])


@pytest.fixture
def front() -> Any:
    """A small application with a view for each case."""
    app = BadgeKit(app_name="test")
    api, pages = (
        Routes("tests.web.test_application"),
        Routes("tests.web.test_application", pages=True),
    )

    @api.view("/")
    def root() -> Response:
        return json_response({"app": "here"})

    @api.view("/systems/{system}")
    def one(system: str) -> Response:
        return json_response({"system": system})

    @api.view("/systems/{system}", "PUT", "DELETE")
    def change(system: str) -> Response:
        return json_response({"method": request().method, "system": system})

    @api.view("/systems/{system}/badges/{badge}")
    def badge(system: str, badge: str) -> Response:
        return json_response({"system": system, "badge": badge, "path": request().path})

    @api.view("/systems/{system}/badges/new")
    def new_badge(system: str) -> Response:
        return json_response({"new in": system})

    @api.view("/echo", "POST")
    def echo() -> Response:
        return json_response({"body": request().body().decode("latin-1")})

    @pages.view("/page")
    def page() -> Response:
        return html_response("<p>hällo</p>")

    @pages.view("/away")
    def away() -> Response:
        return redirect("https://example.org/", headers={"Set-Cookie": ["a=1", "b=2"]})

    @pages.view("/picture")
    def picture() -> Response:
        return Response(b"\x89PNG", {"Content-Type": "image/png"})

    app.register_blueprint(api)
    app.register_blueprint(pages)
    return app


@pytest.fixture
def failing() -> Callable[[Exception], Any]:
    """Return a function that makes an application of which `/api` and `/page` raise an exception."""

    def make(problem: Exception) -> Any:
        app = BadgeKit(app_name="test")
        api, pages = (
            Routes("tests.web.test_application"),
            Routes("tests.web.test_application", pages=True),
        )

        def view() -> Response:
            raise problem

        api.view("/api")(view)
        view.__name__ = "page_view"
        pages.view("/page")(view)
        app.register_blueprint(api)
        app.register_blueprint(pages)
        return app

    return make


def call(app: Any, *args: Any, **more: Any) -> tuple[int, Any]:
    """Return the status and JSON of a response."""
    answer = app(event(*args, **more), None)
    return answer["statusCode"], json.loads(answer["body"])


# Routing


def test_a_view_handles_its_path_and_method(front: Any) -> None:
    assert call(front, "GET", "/") == (200, {"app": "here"})
    assert call(front, "GET", "/systems/chicago") == (200, {"system": "chicago"})
    assert call(front, "PUT", "/systems/chicago")[1]["method"] == "PUT"
    assert call(front, "DELETE", "/systems/chicago")[1]["method"] == "DELETE"


def test_fixed_segments_win_over_parameters(front: Any) -> None:
    assert call(front, "GET", "/systems/chicago/badges/new") == (200, {"new in": "chicago"})
    assert call(front, "GET", "/systems/chicago/badges/newer")[1]["badge"] == "newer"


@pytest.mark.parametrize(
    "path", ["/systems/chicago/", "//systems/chicago", "/systems///chicago//", "/systems/chicago"]
)
def test_double_and_trailing_slashes_do_not_matter(front: Any, path: str) -> None:
    made = {**event(), "path": path}
    assert json.loads(front(made, None)["body"]) == {"system": "chicago"}


@pytest.mark.parametrize(
    ("path", "clean"),
    [("", "/"), ("/", "/"), ("///", "/"), ("/a//b/", "/a/b"), ("/a/%2F/", "/a/%2F")],
)
def test_paths_are_normalized(path: str, clean: str) -> None:
    assert application.clean_path(path) == clean


def test_parameters_are_decoded_once(front: Any) -> None:
    path = "/systems/chicago%20/badges/plus%2Btag+%40%C3%A9%252F%2F"
    _, answer = call(front, "GET", path)
    assert (answer["system"], answer["badge"]) == ("chicago ", "plus+tag+@é%2F/")
    assert answer["path"] == "/systems/chicago /badges/plus+tag+@é%2F/"


def test_a_decoded_path_is_not_decoded_again(front: Any) -> None:
    made = {**event(), "path": "/systems/earner@exämple.org +1"}
    assert json.loads(front(made, None)["body"]) == {"system": "earner@exämple.org +1"}


@pytest.mark.parametrize("path", ["/systems/{system}", "/systems/%7Bsystem%7D"])
def test_a_path_that_looks_like_a_route_is_only_a_path(front: Any, path: str) -> None:
    assert call(front, "GET", path) == (200, {"system": "{system}"})


@pytest.mark.parametrize("path", ["/nope", "/systems", "/systems/a/b", "/Systems/a"])
def test_unknown_paths_are_404(front: Any, path: str) -> None:
    status, body = call(front, "GET", path)
    assert status == 404
    assert body == {
        "code": "ResourceNotFound",
        "message": f"{application.clean_path(path)} does not exist",
    }


@pytest.mark.parametrize("method", ["POST", "PATCH", "OPTIONS", "TRACE", "anything"])
def test_unknown_methods_are_405_with_the_allowed_ones(front: Any, method: str) -> None:
    answer = front(event(method, "/systems/chicago"), None)
    assert answer["statusCode"] == 405
    assert answer["headers"]["Allow"] == "DELETE, GET, PUT"
    assert json.loads(answer["body"]) == {
        "code": "MethodNotAllowedError",
        "message": f"{method} is not allowed",
    }


def test_browsers_get_a_page_for_unknown_paths(front: Any) -> None:
    answer = front(event("GET", "/nope", headers={"Accept": BROWSER}), None)
    assert answer["statusCode"] == 404
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"


def test_head_is_get_without_its_body(front: Any) -> None:
    for path in ("/systems/chicago", "/page", "/away", "/picture"):
        get, head = (front(event(method, path), None) for method in ("GET", "HEAD"))
        assert head["statusCode"] == get["statusCode"]
        length = head["headers"].pop("Content-Length")
        assert head["headers"] == get["headers"]
        assert head["body"] == ""
        encoded = get.get("isBase64Encoded")
        body = base64.b64decode(get["body"]) if encoded else get["body"].encode()
        assert int(length) == len(body)
    assert front(event("HEAD", "/nope"), None)["body"] == ""
    assert front(event("HEAD", "/echo"), None)["statusCode"] == 405


def test_other_events_are_passed_to_chalice(front: Any) -> None:
    assert front({"requestContext": {}}, None)["statusCode"] == 500
    assert front({}, None)["statusCode"] == 500


# Requests


def test_query_parameters_are_read_in_any_order() -> None:
    current = read("/?page=1&count=5&page=2&empty=&a=%C3%A9+b")
    assert sorted(current.query) == [
        ("a", "é b"), ("count", "5"), ("empty", ""), ("page", "1"), ("page", "2"),
    ]  # fmt: skip
    assert current.argument("page") == "2"
    assert current.argument("empty") == ""
    assert current.argument("nope") is None
    assert read("/").query == []


def test_header_names_are_lower_case() -> None:
    assert read(headers={"X-Forwarded-For": "1.2.3.4"}).headers == {"x-forwarded-for": "1.2.3.4"}
    assert read(headers=None).headers == {}


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" text/plain ;x", "text/plain"),
        ("", ""),
    ],
)
def test_the_media_type_has_no_parameters(header: str, media_type: str) -> None:
    assert read(headers={"content-type": header}).media_type == media_type
    assert read().media_type == ""


@pytest.mark.parametrize("content", [b"", b"{}", "hällo 🎖".encode(), bytes(range(256))])
def test_bodies_are_read_as_bytes_plain_or_in_base64(content: bytes) -> None:
    assert read(body=base64.b64encode(content).decode(), base64_=True).body() == content
    assert read(body=content).body() == content
    if content.isascii():
        assert read(body=content.decode()).body() == content
    assert read(body=None).body() == b""


def test_text_bodies_are_utf_8() -> None:
    assert read(body="hällo").body() == "hällo".encode()


@pytest.mark.parametrize("limit", [0, 1, 5, 6, 7])
@pytest.mark.parametrize("base64_", [True, False])
def test_no_body_is_read_beyond_its_limit(limit: int, base64_: bool) -> None:
    at, above = b"x" * limit, b"x" * (limit + 1)
    if base64_:
        at, above = base64.b64encode(at), base64.b64encode(above)
    assert len(read(body=at.decode(), base64_=base64_).body(limit)) == limit
    with pytest.raises(TooLarge):
        read(body=above.decode(), base64_=base64_).body(limit)


def test_bodies_have_a_limit_of_one_megabyte(front: Any) -> None:
    assert call(front, "POST", "/echo", "x" * BODY_LIMIT)[0] == 200
    status, body = call(front, "POST", "/echo", "x" * (BODY_LIMIT + 1))
    assert (status, body["code"]) == (413, "RequestEntityTooLargeError")
    huge = base64.b64encode(b"x" * (BODY_LIMIT + 1)).decode()
    assert call(front, "POST", "/echo", huge, base64_=True)[0] == 413


@pytest.mark.parametrize("body", ["not base64!", "QUJ", "A", "é", "QUJD\nRA=="])
def test_invalid_base64_is_a_client_error(body: str) -> None:
    with pytest.raises(InvalidContent):
        read(body=body, base64_=True).body()


def test_invalid_unicode_is_a_client_error(front: Any) -> None:
    assert call(front, "POST", "/echo", "\ud800")[0] == 400


@given(st.binary(max_size=50), st.booleans())
def test_any_body_is_read_or_refused(content: bytes, base64_: bool) -> None:
    try:
        read(body=content.decode("latin-1"), base64_=base64_).body(40)
    except (InvalidContent, TooLarge):
        return


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("session=abc", "abc"),
        ("other=1; session=abc; more=2", "abc"),
        ('session="abc"', "abc"),
        ("session=a=b==", "a=b=="),
        ("session=", ""),
        ('analytics={"a": [1, 2]}; session=abc', "abc"),
        ("bad cookie; @=[]; session=abc", "abc"),
        ("Session=abc", None),
        ("xsession=abc", None),
        ("", None),
    ],
)
def test_cookies_are_read_beside_malformed_ones(header: str, value: str | None) -> None:
    assert read(headers={"Cookie": header}).cookie("session") == value


@given(st.text())
def test_any_cookie_header_is_read(header: str) -> None:
    assert isinstance(read(headers={"Cookie": header}).cookie("session"), str | None)


@pytest.mark.parametrize(
    ("headers", "html"),
    [
        ({"accept": BROWSER}, True),
        ({"accept": "application/json, text/html"}, False),
        ({"accept": "*/*"}, False),
        ({"accept": "*/*", "user-agent": "Twitterbot/1.0"}, True),
        ({}, False),
    ],
)
def test_browsers_and_link_previews_want_html(headers: dict[str, str], html: bool) -> None:
    assert read(headers=headers).wants_html is html
    assert not read("/?format=json", headers=headers).wants_html


def test_several_accept_headers_are_one_list() -> None:
    made = event("GET", "/", headers={"Accept": "text/html"})
    made["multiValueHeaders"] = {"Accept": ["application/json", "text/html"], "Host": ["x"]}
    assert not Request(made, "/").wants_html


def test_each_thread_reads_its_own_request(front: Any, together: Together) -> None:
    def ask(number: int) -> Callable[[], list[Any]]:
        path = f"/systems/s{number}/badges/b{number}"
        expected = {"system": f"s{number}", "badge": f"b{number}", "path": path}
        return lambda: [
            answer
            for answer in (json.loads(front(event("GET", path), None)["body"]) for _ in range(100))
            if answer != expected
        ]

    assert together(*[ask(number) for number in range(8)]) == [[]] * 8


def test_there_is_no_request_outside_of_one(front: Any) -> None:
    front(event(), None)
    with pytest.raises(LookupError):
        request()


# Responses


def test_json_is_compact_and_not_escaped(front: Any) -> None:
    answer = json_response({"name": "José", "list": [1, 2]}, 201, {"Location": "/x"})
    assert answer.body == '{"name":"José","list":[1,2]}'
    assert answer.status_code == 201
    assert answer.headers == {"Content-Type": "application/json", "Location": "/x"}


def test_pages_are_not_cached(front: Any) -> None:
    answer = front(event("GET", "/page"), None)
    assert answer["body"] == "<p>hällo</p>"
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_redirects_may_set_several_cookies(front: Any) -> None:
    answer = front(event("GET", "/away"), None)
    assert (answer["statusCode"], answer["body"]) == (303, "")
    assert answer["headers"]["Location"] == "https://example.org/"
    assert answer["multiValueHeaders"]["Set-Cookie"] == ["a=1", "b=2"]


# Security headers


@pytest.mark.parametrize("path", ["/", "/page", "/away", "/nope", "/echo"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_response_has_security_headers(front: Any, method: str, path: str) -> None:
    headers = front(event(method, path), None)["headers"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    policy = headers["Content-Security-Policy"]
    assert policy == (responses.HTML_POLICY if path == "/page" else responses.JSON_POLICY)


def test_pages_load_only_images_from_other_sites() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in responses.HTML_POLICY.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    kinds = ("script", "style", "font", "connect")
    assert {rules[f"{kind}-src"] for kind in kinds} == {"'self'"}
    assert rules["form-action"] == "'self'"
    assert "unsafe" not in responses.HTML_POLICY


def test_a_view_may_set_its_own_security_headers(front: Any) -> None:
    routes = Routes("tests.web.test_application")

    @routes.view("/own")
    def own() -> Response:
        return html_response("", headers={"Content-Security-Policy": "default-src 'none'"})

    app = BadgeKit(app_name="test")
    app.register_blueprint(routes)
    headers = app(event("GET", "/own"), None)["headers"]
    assert headers["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize(
    ("audience", "strict"),
    [("https://badges.example.org", True), ("http://localhost:3000", False)],
)
def test_hsts_is_sent_on_https_deployments(
    front: Any, settings: dict[str, str], audience: str, strict: bool
) -> None:
    settings["PERSONA_AUDIENCE"] = audience
    assert ("Strict-Transport-Security" in front(event(), None)["headers"]) is strict


# Errors


@pytest.mark.parametrize(
    ("problem", "status", "body"),
    [
        (Conflict("taken", details={"id": 1}), 409,
         {"code": "ResourceConflict", "message": "taken", "details": {"id": 1}}),
        (InvalidParameter("no", parameter="archived"), 400,
         {"code": "InvalidParameter", "message": "no", "parameter": "archived"}),
        (ValidationError([{"field": "name", "value": ""}]), 400,
         {"code": "ValidationError", "message": "Could not validate required fields",
          "details": [{"field": "name", "value": ""}]}),
        (Gone("was here"), 410, {"code": "Gone", "message": "was here"}),
    ],
)  # fmt: skip
def test_errors_are_json(
    failing: Callable[[Exception], Any], problem: Exception, status: int, body: Any
) -> None:
    assert call(failing(problem), "GET", "/api") == (status, body)
    assert call(failing(problem), "GET", "/page") == (status, body)
    in_a_browser = {"Accept": BROWSER}
    assert call(failing(problem), "GET", "/api", headers=in_a_browser) == (status, body)


def test_browsers_get_errors_as_pages(failing: Callable[[Exception], Any]) -> None:
    answer = failing(Conflict("<taken>"))(event("GET", "/page", headers={"Accept": BROWSER}), None)
    assert answer["statusCode"] == 409
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "&lt;taken&gt;" in answer["body"]


def quoted(page: str) -> str:
    """Return the error id on an error page."""
    (reference,) = re.findall(r"<code>([0-9a-f]{8})</code>", page)
    found: str = reference
    return found


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/nope?token=secret", 404), ("POST", "/page?token=secret", 405)],
)
def test_every_error_page_has_an_id_that_is_logged(
    front: Any, caplog: pytest.LogCaptureFixture, method: str, target: str, status: int
) -> None:
    caplog.set_level(logging.INFO)
    pages = [front(event(method, target, headers={"Accept": BROWSER}), None) for _ in range(2)]
    assert [page["statusCode"] for page in pages] == [status, status]
    references = [quoted(page["body"]) for page in pages]
    assert references[0] != references[1]
    path = target.partition("?")[0]
    assert [record.getMessage() for record in caplog.records] == [
        f"error {reference}: {status} for {method} '{path}'" for reference in references
    ]


def test_a_refusal_by_a_view_has_an_id_too(
    failing: Callable[[Exception], Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    app = failing(NotAuthorized("not you"))
    page = app(event("GET", "/page", headers={"Accept": BROWSER}), None)["body"]
    assert f"error {quoted(page)}: 403 for GET '/page'" in caplog.text


def test_neither_secrets_nor_line_breaks_of_a_path_are_logged(
    front: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9." + "x" * 40
    front(event("GET", f"/signin/{token}/a%0Ab", headers={"Accept": BROWSER}), None)
    (record,) = caplog.records
    assert record.getMessage().endswith(r"404 for GET '/signin/\u2026/a\nb'")


def test_json_of_client_errors_has_no_id(front: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert call(front, "GET", "/nope")[1].keys() == {"code", "message"}
    assert caplog.records == []


def test_unavailable_responses_say_when_to_retry(failing: Callable[[Exception], Any]) -> None:
    for headers in ({}, {"Accept": BROWSER}):
        app = failing(Unavailable("later", retry_after=7))
        answer = app(event("GET", "/page", headers=headers), None)
        assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "7")


@pytest.mark.parametrize("headers", [{}, {"Accept": BROWSER}])
@pytest.mark.parametrize("path", ["/api", "/page"])
def test_unexpected_errors_are_logged_but_not_shown(
    failing: Callable[[Exception], Any],
    caplog: pytest.LogCaptureFixture,
    path: str,
    headers: dict[str, str],
) -> None:
    app = failing(ZeroDivisionError("the password is swordfish"))
    answer = app(event("GET", path, headers=headers), None)
    assert answer["statusCode"] == 500
    assert "swordfish" not in json.dumps(answer)
    assert "ZeroDivision" not in json.dumps(answer)
    assert "Traceback" not in json.dumps(answer)
    (record,) = [entry for entry in caplog.records if entry.levelno == logging.ERROR]
    reference = record.getMessage().removeprefix("error ")
    assert len(reference) == 8
    assert reference in answer["body"]
    assert "swordfish" in caplog.text


def test_unexpected_errors_have_the_shape_of_expected_ones(
    failing: Callable[[Exception], Any],
) -> None:
    _, body = call(failing(KeyError("x")), "GET", "/api")
    assert sorted(body) == ["code", "message", "reference"]
    assert body["code"] == "InternalError"


def test_unreadable_settings_are_an_unexpected_error(front: Any) -> None:
    def away(path: str) -> dict[str, str]:
        raise ConnectionError("the Parameter Store does not answer")

    config.use(config.Settings(environ={"PARAMETER_PATH": "/badgekit"}, parameters=away))
    routes = Routes("tests.web.test_application")
    routes.view("/settings")(lambda: json_response(config.settings().text("API_SECRET")))
    app = BadgeKit(app_name="test")
    app.register_blueprint(routes)
    status, body = call(app, "GET", "/settings")
    assert (status, body["code"]) == (500, "InternalError")


@pytest.mark.parametrize("blank", ["\u2000", "\xa0", "\x85", "\u3000"])
def test_only_spaces_and_tabs_are_stripped_from_a_cookie_s_name(blank: str) -> None:
    event_ = event_of("GET", "/", headers={"Cookie": f"{blank}__Host-session=theirs"})
    assert Request(event_, "/").cookie("__Host-session") is None


# A database that is waking up


@pytest.mark.parametrize(
    ("method", "target", "accept", "patience"),
    [
        ("GET", "/page", BROWSER, deadline.PAGE),
        ("POST", "/page", BROWSER, deadline.CLIENT),
        ("GET", "/page", "application/json", deadline.CLIENT),
        ("GET", "/api", BROWSER, deadline.CLIENT),
    ],
    ids=["reads a page", "sends a form", "reads a page's data", "uses the API"],
)
def test_only_a_page_that_is_read_shows_a_notice_soon(
    method: str, target: str, accept: str, patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, found = BadgeKit(app_name="test"), list[float]()
    within = deadline.within

    def recorded(seconds: float) -> Any:
        found.append(seconds)
        return within(seconds)

    monkeypatch.setattr(deadline, "within", recorded)
    api, pages = (
        Routes("tests.web.test_application"),
        Routes("tests.web.test_application", pages=True),
    )

    def view() -> Response:
        assert deadline.remaining() < deadline.WORKER
        return json_response({})

    api.view("/api")(view)
    view.__name__ = "page_view"
    pages.view("/page", "GET", "POST")(view)
    app.register_blueprint(api)
    app.register_blueprint(pages)
    app(event(method, target, headers={"Accept": accept}), None)
    assert found == [patience]
    assert deadline.remaining() == deadline.WORKER


def test_a_page_shows_that_it_reloads_itself(
    failing: Callable[[Exception], Any], caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing(WakingUp())(event("GET", "/page", headers={"Accept": BROWSER}), None)
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"] == answer["headers"]["Refresh"] == "5"
    assert "Starting up" in answer["body"]
    assert "reloads automatically" in answer["body"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_form_that_timed_out_is_not_resubmitted() -> None:
    app, pages = BadgeKit(app_name="test"), Routes("tests.web.test_application", pages=True)

    @pages.view("/form", "POST")
    def form() -> Response:
        raise WakingUp

    app.register_blueprint(pages)
    answer = app(event("POST", "/form", headers={"Accept": BROWSER}), None)
    assert answer["statusCode"] == 503
    assert "Refresh" not in answer["headers"]
    assert "weren’t saved" in answer["body"]


def test_json_responses_say_when_to_retry(failing: Callable[[Exception], Any]) -> None:
    answer = failing(WakingUp())(event("GET", "/api"), None)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "5")
    assert json.loads(answer["body"])["code"] == "ServiceUnavailable"
