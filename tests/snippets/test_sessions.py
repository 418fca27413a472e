"""The code of the section Sessions & Cookies does what its text says."""

import json
import tomllib
from pathlib import Path

import pytest
from flask import Flask, session
from itsdangerous import base64_decode

HTTPS = "https://localhost"


def test_sessions(run):
    """The session survives between requests, is readable without the key and worthless once changed."""
    app = run("sessions")["app"]
    client = app.test_client()
    cookie = client.post("/login", base_url=HTTPS).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Secure" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/me", base_url=HTTPS).json == {"user_id": 7}
    value = cookie.split(";")[0].split("=", 1)[1]
    assert json.loads(base64_decode(value.split(".")[0])) == {"user_id": 7}
    stranger = app.test_client()
    stranger.set_cookie("session", "x" + value)
    assert stranger.get("/me", base_url=HTTPS).json == {"user_id": None}
    client.post("/logout", base_url=HTTPS)
    assert client.get("/me", base_url=HTTPS).json == {"user_id": None}
    thief = app.test_client()
    thief.set_cookie("session", value, secure=True)
    assert thief.get("/me", base_url=HTTPS).json == {"user_id": 7}


def test_use_sessions(run):
    """Values are written, read and removed, a nested change is kept, the lifetime is seven days."""
    app = run("use-sessions")["app"]
    client = app.test_client()
    cookie = client.post("/login", data={"username": "ada"}).headers["Set-Cookie"]
    assert "Expires=" in cookie
    assert client.post("/cart/tea").json == ["tea"]
    assert client.get("/").json == {"username": "ada", "cart": ["tea"]}
    client.post("/logout")
    assert client.get("/").json == {"username": None, "cart": ["tea"]}


def test_use_sessions_without_key():
    """Without a secret key the first write raises RuntimeError, and outside a request every access does."""
    app = Flask("bare")
    with app.test_request_context(), pytest.raises(RuntimeError, match="no secret key"):
        session["x"] = 1
    with pytest.raises(RuntimeError, match="outside of request context"):
        session.get("x")
    assert app.permanent_session_lifetime.days == 31


def test_use_sessions_nested_change():
    """A change inside a list is lost unless session.modified is set."""
    app = Flask("nested", static_folder=None)
    app.secret_key = "k"

    @app.post("/<way>")
    def change(way):
        session.setdefault("cart", [])
        session.modified = way == "start"
        if way == "append":
            session["cart"].append(1)
        return session["cart"]

    client = app.test_client()
    client.post("/start")
    client.post("/append")
    assert client.post("/read").json == []


def test_session_object_contents(run):
    """Content incl. a datetime and a flashed message is readable in the cookie; other objects are refused."""
    names = run("session-object-contents")
    client = names["app"].test_client()
    cookie = client.post("/login").headers["Set-Cookie"]
    stored = json.loads(names["peek"](cookie.split(";")[0].split("=", 1)[1]))
    assert stored["user_id"] == 7
    assert stored["theme"] == "dark"
    assert "Welcome back" in json.dumps(stored)
    names["app"].testing = True
    with pytest.raises(TypeError):
        client.get("/too-big")


def test_cookies(run):
    """The cookie comes back on the next request with the flags asked for, and delete_cookie removes it."""
    app = run("cookies")["app"]
    client = app.test_client()
    header = client.post("/theme/dark", base_url=HTTPS).headers["Set-Cookie"]
    for part in ("Max-Age=2592000", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in header
    assert client.get("/", base_url=HTTPS).json == {"theme": "dark"}
    client.post("/theme/reset", base_url=HTTPS)
    assert client.get("/", base_url=HTTPS).json == {"theme": "light"}
    plain = app.response_class()
    plain.set_cookie("a", "b")
    assert plain.headers["Set-Cookie"] == "a=b; Path=/"


def test_flask_session_extension(run):
    """The browser holds only an id, the data is on disk, and after logout the old id opens nothing."""
    app = run("flask-session-extension")["app"]
    client = app.test_client()
    cookie = client.post("/draft", base_url=HTTPS).headers["Set-Cookie"]
    value = cookie.split(";")[0].split("=", 1)[1]
    assert len(value) < 100
    assert any(Path("sessions").iterdir())
    assert client.get("/draft", base_url=HTTPS).json == {"length": 200_000}
    client.post("/logout", base_url=HTTPS)
    thief = app.test_client()
    thief.set_cookie("session", value, secure=True)
    assert thief.get("/draft", base_url=HTTPS).json == {"length": 0}


def test_flask_session_needs_a_type():
    """Session(app) without SESSION_TYPE is refused."""
    from flask_session import Session

    with pytest.raises(ValueError, match="SESSION_TYPE"):
        Session(Flask("bare"))


def test_mcq_session_cookie_flags():
    """The defaults are HttpOnly, not Secure, no SameSite, as the right option says."""
    config = Flask("bare").config
    assert (config["SESSION_COOKIE_HTTPONLY"], config["SESSION_COOKIE_SECURE"], config["SESSION_COOKIE_SAMESITE"]) == (True, False, None)


def test_mcq_options_are_four():
    """Every multiple-choice question of the section has four options and a right one."""
    deck = tomllib.loads((Path(__file__).parents[2] / "content" / "flask" / "sessions.toml").read_text("utf-8"))
    for question in deck["question"]:
        if question["kind"] == "mcq":
            assert len(question["options"]) == 4
            assert 0 <= question["answer"] < 4
