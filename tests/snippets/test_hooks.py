"""The snippets of the section on middleware and hooks do what the text beside them says."""

from __future__ import annotations

import pytest


def test_middleware(run):
    """ProxyFix rewrites the client's address from outside, the hooks time the request from inside."""
    response = run("middleware")["app"].test_client().get("/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert response.get_json() == {"client": "203.0.113.9"}
    assert response.headers["Server-Timing"].startswith("app;dur=")


def test_custom_middleware(run):
    """The wrapper counts requests, changes environ and headers, and has no request context; app stays a Flask object."""
    names = run("custom-middleware")
    app, flask_request = names["app"], names["request"]
    client = app.test_client()
    assert client.get("/").text == "handling req-1"
    second = client.get("/")
    assert second.headers["X-Request-Id"] == "req-2"
    assert second.headers["X-Content-Type-Options"] == "nosniff"

    def curious(environ, start_response):
        flask_request.path  # noqa: B018 - the access itself is what fails
        return []

    app.wsgi_app = curious
    with pytest.raises(RuntimeError, match="outside of request context"):
        client.get("/")


def test_before_request(run):
    """A redirect from before_request skips the view, also for unknown URLs and static files; None lets the request go on."""
    app = run("before-request")["app"]
    client = app.test_client()
    for path in ("/", "/no-such-page"):
        assert client.get(path).headers["Location"] == "/login"
    assert client.get("/static/none.css").status_code == 404
    client.post("/login", data={"name": "Ann"})
    assert client.get("/").get_json() == {"user": "Ann"}
    assert client.get("/no-such-page").status_code == 404


def test_after_request(run):
    """The function registered last runs first, and error pages are seen too."""
    names = run("after-request")
    app = names["app"]
    order = [f.__name__ for f in reversed(app.after_request_funcs[None])]
    assert order == ["security_headers", "log_line"]

    client = app.test_client()
    assert client.get("/").headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/none").headers["Cache-Control"] == "no-store"
    assert client.get("/boom").status_code == 500
    assert names["lines"] == ["GET / 200", "GET /none 404", "GET /boom 500"]


def test_after_request_may_be_skipped(run):
    """With propagation on, after_request does not run for an unhandled exception; forgetting the return breaks the request."""
    names = run("after-request")
    app = names["app"]
    app.testing = True
    with pytest.raises(ValueError):
        app.test_client().get("/boom")
    assert names["lines"] == []
    app.after_request_funcs[None].append(lambda response: None)
    with pytest.raises((TypeError, AttributeError)):
        app.test_client().get("/")


def test_before_and_after_request(run):
    """Registration order before the view, reverse order after it; an abort skips the rest but not after_request."""
    names = run("before-and-after-request")
    client = names["app"].test_client()
    response = client.get("/", headers={"X-Key": "open"})
    assert names["order"] == ["check_key", "second", "view", "add_header", "last"]
    assert response.headers["X-Frame-Options"] == "DENY"
    names["order"].clear()
    assert client.get("/").status_code == 401
    assert names["order"] == ["check_key", "add_header", "last"]


def test_teardown_request(run):
    """It runs after success and after an exception, receives the exception, and its return value is ignored."""
    names = run("teardown-request")
    client = names["app"].test_client()
    assert client.get("/").text == "fine"
    assert names["events"] == ["acquired", "released", "no error"]
    names["events"].clear()
    assert client.get("/boom").status_code == 500
    assert names["events"] == ["acquired", "released", "ValueError"]


def test_teardown_appcontext(run):
    """The connection is closed after a request, after a command and after a pushed context; teardown_request only after requests."""
    names = run("teardown-appcontext")
    app, closed = names["app"], names["closed"]
    requests = []
    app.teardown_request(lambda error: requests.append("request"))
    assert app.test_client().get("/").get_json() == {"answer": 42}
    assert (closed, requests) == (["ok"], ["request"])
    assert app.test_cli_runner().invoke(args=["ping-db"]).output == "pong\n"
    assert (closed, requests) == (["ok", "ok"], ["request"])
    with app.app_context():
        names["get_db"]()
    assert (closed, requests) == (["ok", "ok", "ok"], ["request"])


def test_mcq_before_request_return():
    """What before_request returns is the response; after_request still runs on it."""
    from flask import Flask

    app = Flask("closed")
    app.before_request(lambda: "closed")
    seen = []
    app.after_request(lambda response: seen.append(response.get_data(as_text=True)) or response)
    app.add_url_rule("/", view_func=lambda: "view")
    assert app.test_client().get("/").text == "closed"
    assert seen == ["closed"]
