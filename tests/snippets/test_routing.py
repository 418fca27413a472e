"""The snippets of the section on routing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort, redirect, request, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BuildError, RequestRedirect

Run = Callable[[str], dict[str, Any]]


def test_what_is_routing(run: Run) -> None:
    """A rule has a path, methods and a function; an unknown path is 404, a wrong method 405."""
    app = run("what-is-routing")["app"]
    client = app.test_client()
    assert client.get("/").text == "Library"
    assert client.get("/books/7").json == {"id": 7}
    assert client.post("/books").status_code == 201
    assert client.get("/books").status_code == 405
    assert client.get("/nowhere").status_code == 404
    rules = {rule.rule: rule.methods for rule in app.url_map.iter_rules()}
    assert rules["/"] == {"GET", "HEAD", "OPTIONS"}


def test_app_route_decorator(run: Run) -> None:
    """It registers and returns the function unchanged; outermost it registers the protected version."""
    names = run("app-route-decorator")
    app, client = names["app"], names["app"].test_client()
    assert client.post("/tasks").json == {"method": "POST"}
    assert client.put("/tasks").status_code == 405
    assert client.get("/tasks/3").status_code == 401
    assert client.get("/tasks/3", headers={"X-Token": "demo"}).json == {"id": 3, "url": "/tasks/3"}
    assert client.get("/all").json == {"method": "GET"}
    assert app.view_functions["tasks"] is names["tasks"]


def test_app_route_decorator_order() -> None:
    """Below a check, the route registers the unprotected function."""
    app = Flask(__name__)

    def closed(view: Callable[[], str]) -> Callable[[], str]:
        return lambda: abort(401)

    @closed
    @app.get("/secret")
    def secret() -> str:
        return "open"

    assert app.test_client().get("/secret").text == "open"


def test_app_route_needs_a_list() -> None:
    """The methods argument must be a list; a function may have several routes."""
    app = Flask(__name__)
    with pytest.raises(TypeError, match="must be a list"):
        app.route("/x", methods="POST")(lambda: "")

    @app.get("/a")
    @app.get("/b")
    def both() -> str:
        return "both"

    assert app.test_client().get("/a").text == app.test_client().get("/b").text == "both"


def test_view_function(run: Run) -> None:
    """Variables come as arguments; text, dict, list, tuple, redirect and class-based views work."""
    client = run("view-function")["app"].test_client()
    assert client.get("/hello/ada?shout=yes").json == {"greeting": "ADA"}
    saved = client.post("/notes")
    assert (saved.status_code, saved.text, saved.headers["X-Note"]) == (201, "saved", "1")
    assert client.get("/old").headers["Location"] == "/hello/friend"
    assert client.get("/ping").json == ["pong"]
    assert client.post("/ping").status_code == 405


def test_view_function_without_return() -> None:
    """None is a TypeError, so a 500."""
    app = Flask(__name__)
    app.get("/nothing")(lambda: None)
    assert app.test_client().get("/nothing").status_code == 500
    app.testing = True
    with pytest.raises(TypeError, match="did not return a valid response"):
        app.test_client().get("/nothing")


def test_dynamic_routes(run: Run) -> None:
    """Values are converted and passed by name; what does not fit is 404."""
    client = run("dynamic-routes")["app"].test_client()
    assert client.get("/users/<b>").text == "<h1>&lt;b&gt;</h1>"
    assert client.get("/orders/5").json == {"id": 5, "next": "/orders/6"}
    assert client.get("/orders/abc").status_code == client.get("/orders/-5").status_code == 404
    assert client.get("/files/a/b.txt").json == {"name": "a/b.txt"}
    assert client.get("/users/a/b").status_code == 404
    assert client.get("/de/about").json == {"lang": "de"}
    assert client.get("/fr/about").status_code == 404


def test_dynamic_routes_name_must_match() -> None:
    """The parameter must have the variable's name; signed integers must be asked for."""
    app = Flask(__name__)
    app.testing = True
    app.get("/a/<name>")(lambda other: other)
    app.get("/n/<int(signed=True):n>", endpoint="n")(lambda n: str(n))
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        app.test_client().get("/a/x")
    assert app.test_client().get("/n/-5").text == "-5"


def test_http_methods(run: Run) -> None:
    """GET by default with HEAD and OPTIONS, any listed name, otherwise 405 with Allow."""
    client = run("http-methods")["app"].test_client()
    assert client.get("/items/1").json == {"name": "lamp", "price": 10}
    assert client.head("/items/1").text == ""
    assert {"GET", "HEAD", "OPTIONS"} <= set(client.options("/items/1").headers["Allow"].split(", "))
    assert client.patch("/items/1", json={"price": 12}).json == {"name": "lamp", "price": 12}
    assert client.put("/items/1", json={"name": "desk"}).json == {"name": "desk"}
    assert client.delete("/items/1").status_code == 204
    assert client.open("/cache", method="PURGE").text == "purged"
    refused = client.post("/items/1")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


def test_multiple_methods_one_route(run: Run) -> None:
    """One view serves both, HEAD included; a good POST redirects."""
    names = run("multiple-methods-one-route")
    client = names["app"].test_client()
    assert "<form" in client.get("/contact").text
    assert client.head("/contact").status_code == 200
    assert "Please write" in client.post("/contact", data={"text": " "}).text
    assert client.post("/contact", data={"text": "hi"}).status_code == 302
    assert client.post("/notes", data={"text": "two"}).status_code == 201
    assert client.get("/notes").json == names["MESSAGES"] == ["hi", "two"]


def test_multiple_methods_head_falls_through() -> None:
    """One test per method and no final return: HEAD is a 500."""
    app = Flask(__name__)

    @app.route("/", methods=["GET", "POST"])
    def view() -> str | None:
        if request.method == "GET":
            return "form"
        if request.method == "POST":
            return "saved"
        return None

    assert app.test_client().get("/").text == "form"
    assert app.test_client().head("/").status_code == 500


def test_url_for(run: Run) -> None:
    """Variables are filled in, the rest is the query string; unknown endpoints raise."""
    names = run("url-for")
    assert names["links"] == {
        "variable": "/orders/5",
        "query": "/orders/5?tab=line+items",
        "blueprint": "/shop/cart",
        "static": "/static/app.css",
        "absolute": "http://localhost/orders/5",
    }
    with names["app"].test_request_context(), pytest.raises(BuildError):
        url_for("odrer")
    with names["app"].app_context(), pytest.raises(RuntimeError, match="SERVER_NAME"):
        url_for("order", order_id=1)
    with names["app"].test_request_context("/", base_url="http://x/pre"):
        assert url_for("shop.cart") == "/pre/shop/cart"


def test_redirects(run: Run) -> None:
    """302 by default, 308 on request, foreign targets are refused."""
    client = run("redirects")["app"].test_client()
    moved = client.get("/old-dashboard")
    assert (moved.status_code, moved.headers["Location"]) == (308, "/dashboard")
    assert client.post("/login").status_code == 302
    foreign = ("https://evil.example", "//evil.example", "////evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)")
    for target in foreign:
        assert client.post("/login", query_string={"next": target}).headers["Location"] == "/dashboard"
    assert client.post("/login?next=/orders").headers["Location"] == "/orders"
    with client.application.test_request_context():
        assert redirect("/x").status_code == 302


def test_client_ip(run: Run) -> None:
    """Raw, the header is whatever the client says; ProxyFix takes what the trusted proxy appended."""
    create_app = run("client-ip")["create_app"]
    forged = {"X-Forwarded-For": "6.6.6.6"}
    assert create_app().test_client().get("/ip", headers=forged).json == {"remote_addr": "127.0.0.1", "raw_header": "6.6.6.6"}
    behind = create_app(trusted_proxies=1).test_client()
    assert behind.get("/ip", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"}).json["remote_addr"] == "203.0.113.7"


def test_url_matching_internals(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """The most specific rule wins whatever the order; results are endpoint and values, 404, 405 or a redirect."""
    names = run("url-matching-internals")
    assert names["matches"] == {"/users/me": ("me", {}), "/users/7": ("by_id", {"user_id": 7}), "/users/ada": ("by_name", {"name": "ada"})}
    with pytest.raises(NotFound):
        names["adapter"].match("/nowhere")
    with pytest.raises(MethodNotAllowed):
        names["adapter"].match("/users/me", method="POST")
    with pytest.raises(RequestRedirect):
        names["adapter"].match("/docs")
    client = names["app"].test_client()
    assert client.get("/docs").status_code == 308
    client.get("/users/7")
    client.get("/nowhere")
    assert capsys.readouterr().out.splitlines()[1:] == ["/users/<int:user_id> by_id {'user_id': 7}", "None None None"]


def test_mcq_routing() -> None:
    """The answers of the multiple-choice questions of this section."""
    app = Flask(__name__)
    app.get("/users/<name>", endpoint="any")(lambda name: "any")
    app.get("/users/me", endpoint="me")(lambda: "me")
    app.get("/orders/<int:order_id>", endpoint="order")(lambda order_id: "order")
    assert app.test_client().get("/users/me").text == "me"
    assert app.test_client().get("/orders/abc").status_code == 404
