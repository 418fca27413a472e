"""The snippets of the section on requests, responses and forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, flash, jsonify, request

Run = Callable[[str], dict[str, Any]]


def test_request_object(run: Run) -> None:
    """All parts of the request are there; a missing key is 400; outside a request there is none."""
    client = run("request-object")["app"].test_client()
    client.set_cookie("theme", "dark")
    seen = client.post(
        "/inspect?page=3",
        data={"name": "Ada", "doc": (BytesIO(b"x"), "x.txt")},
        headers={"User-Agent": "probe"},
    ).json
    assert seen == {
        "method": "POST",
        "path": "/inspect",
        "page": 3,
        "fields": {"name": "Ada"},
        "json": None,
        "files": ["doc"],
        "agent": "probe",
        "theme": "dark",
    }
    assert client.post("/inspect", json={"a": 1}).json["json"] == {"a": 1}
    assert client.post("/strict", data={}).status_code == 400
    with pytest.raises(RuntimeError, match="outside of request context"):
        _ = request.method


def test_request_and_response(run: Run) -> None:
    """Text, dict, tuple, generator and Response are all answers of a view."""
    client = run("request-and-response")["app"].test_client()
    assert client.get("/text").content_type == "text/html; charset=utf-8"
    assert client.get("/data?q=tea").json == {"you_asked_for": "tea"}
    created = client.post("/things", json={"name": "lamp"})
    assert (created.status_code, created.json, created.headers["X-Total"]) == (201, {"created": "lamp"}, "1")
    theme = client.get("/theme")
    assert "theme=dark; HttpOnly; Path=/; SameSite=Lax" in theme.headers["Set-Cookie"]
    assert theme.headers["X-App"] == "demo"
    assert client.get("/rows").text == "0\n1\n2\n"


@pytest.mark.parametrize("value", [None, 5])
def test_request_and_response_refuses(value: object) -> None:
    """None and numbers are not responses."""
    app = Flask(__name__)
    app.get("/")(lambda: value)
    assert app.test_client().get("/").status_code == 500


def test_form_data(run: Run) -> None:
    """Required and optional fields, validation, redirect after success."""
    names = run("form-data")
    client = names["app"].test_client()
    assert 'name="seats"' in client.get("/book").text
    assert client.post("/book", data={"seats": "2"}).status_code == 400
    assert "A name, please." in client.post("/book", data={"name": " "}).text
    assert "Between 1 and 8" in client.post("/book", data={"name": "Ada", "seats": "many"}).text
    assert 'value="&lt;b&gt;"' in client.post("/book", data={"name": "<b>", "seats": "99"}).text
    done = client.post("/book", data={"name": "Ada", "seats": "3"})
    assert (done.status_code, done.headers["Location"]) == (302, "/done")
    assert names["GUESTS"] == [("Ada", 3)]


def test_form_data_lives_in_form() -> None:
    """A posted form is not in args and not JSON; all values are text; repeated names need getlist."""
    app = Flask(__name__)

    @app.post("/")
    def view() -> dict[str, Any]:
        return {"args": request.args.to_dict(), "n": request.form["n"], "topics": request.form.getlist("topic")}

    @app.post("/json")
    def as_json() -> dict[str, Any]:
        return {"got": request.get_json()}

    client = app.test_client()
    assert client.post("/", data={"n": "42", "topic": ["a", "b"]}).json == {"args": {}, "n": "42", "topics": ["a", "b"]}
    assert client.post("/json", data={"n": "42"}).status_code == 415
    assert client.post("/json", data="{", content_type="application/json").status_code == 400


def test_flash_messages(run: Run) -> None:
    """Shown once, on the next page, to this visitor only."""
    app = run("flash-messages")["app"]
    client, other = app.test_client(), app.test_client()
    assert client.post("/orders").status_code == 302
    assert "Order saved" not in other.get("/orders").text
    assert '<p class="success">Order saved</p>' in client.get("/orders").text
    assert "Order saved" not in client.get("/orders").text


def test_flash_needs_a_secret_key() -> None:
    """Messages lie in the session."""
    app = Flask(__name__)
    with app.test_request_context(), pytest.raises(RuntimeError, match="no secret key"):
        flash("x")


def test_jsonify(run: Run) -> None:
    """A Response marked as JSON; knows UUIDs and dates; a returned dict is treated alike, json.dumps is not."""
    client = run("jsonify")["app"].test_client()
    user = client.get("/user")
    assert user.content_type == "application/json"
    assert user.headers["Cache-Control"] == "no-store"
    assert user.json == {
        "id": "00000000-0000-0000-0000-000000000007",
        "since": "Fri, 02 Jan 2026 00:00:00 GMT",
        "tags": ["a", "b"],
    }
    assert list(json.loads(user.text)) == sorted(user.json)
    assert client.get("/direct").content_type == "application/json"
    assert client.get("/list").json == [1, 2, 3]
    assert client.get("/by-hand").content_type == "text/html; charset=utf-8"
    with client.application.app_context(), pytest.raises(TypeError):
        jsonify({1, 2})


def test_json_responses(run: Run) -> None:
    """List, dict, tuple and jsonify; errors are JSON as well."""
    client = run("json-responses")["app"].test_client()
    assert client.get("/books").json == [{"id": 1, "title": "Dune"}]
    missing = client.get("/books/9")
    assert (missing.status_code, missing.json) == (404, {"error": "no such book"})
    added = client.post("/books")
    assert (added.status_code, added.json, added.headers["Location"]) == (201, {"id": 2}, "/books/2")
    unknown = client.get("/nowhere")
    assert (unknown.status_code, unknown.json) == (404, {"error": "Not Found"})


def test_mcq_requests() -> None:
    """The answers of the multiple-choice questions of this section."""
    app = Flask(__name__)
    app.post("/form")(lambda: request.form["email"])
    app.post("/json", endpoint="json")(lambda: {"got": request.get_json()})
    client = app.test_client()
    assert client.post("/form", data={"name": "x"}).status_code == 400
    assert client.post("/json", data='{"a": 1}', content_type="text/plain").status_code == 415
