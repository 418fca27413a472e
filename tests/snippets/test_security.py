"""The code of the section Security does what its text says."""

import re

import pytest
from flask import Flask, render_template, request
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import StringField

ATTACK = "<script>alert(1)</script>"


def token_in(page):
    """The token of the hidden field of a page."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def test_csrf(run):
    """A POST without the token is refused with 400, with the token of the form it passes."""
    client = run("csrf")["app"].test_client()
    assert client.post("/transfer", data={"amount": "5"}).status_code == 400
    page = client.get("/transfer").text
    assert client.post("/transfer", data={"csrf_token": token_in(page), "amount": "5"}).json == {"status": "sent"}
    stranger = run("csrf")["app"].test_client()
    assert stranger.post("/transfer", data={"csrf_token": token_in(page)}).status_code == 400


def test_flask_wtf_csrf(run):
    """The form field, the AJAX header and the exempted webhook behave as told."""
    client = run("flask-wtf-csrf")["app"].test_client()
    page = client.get("/name").text
    token = token_in(page)
    with client.session_transaction() as session:
        assert "csrf_token" in session
    assert client.post("/name", data={"name": "Ada"}).status_code == 400
    assert client.post("/name", data={"name": "Ada", "csrf_token": token}).json == {"saved": "Ada"}
    assert client.post("/api/name", json={}).status_code == 400
    assert client.post("/api/name", json={}, headers={"X-CSRFToken": token}).json == {"saved": True}
    assert client.post("/webhook").json == {"received": True}


def test_flask_wtf_without_csrfprotect():
    """FlaskForm alone: the form is invalid without a token, and a raw view stays open; the limit is an hour; a key is needed."""
    app = Flask("bare")
    app.secret_key = "k"

    class Form(FlaskForm):
        name = StringField()

    @app.post("/form")
    def with_form():
        form = Form()
        return {"valid": form.validate_on_submit(), "errors": list(form.errors)}

    app.post("/raw")(lambda: request.form["name"])
    client = app.test_client()
    assert client.post("/form", data={"name": "x"}).json == {"valid": False, "errors": ["csrf_token"]}
    assert client.post("/raw", data={"name": "x"}).status_code == 200
    guarded = Flask("guarded")
    CSRFProtect(guarded)
    assert guarded.config["WTF_CSRF_TIME_LIMIT"] == 3600
    assert guarded.config["WTF_CSRF_METHODS"] == {"POST", "PUT", "PATCH", "DELETE"}
    app.secret_key = None
    with app.test_request_context(), pytest.raises(RuntimeError, match="secret key"):
        Form().hidden_tag()


def test_xss(run):
    """The f-string view echoes the script, the other two do not, and the policy header is there."""
    client = run("xss")["app"].test_client()
    assert ATTACK in client.get("/unsafe", query_string={"name": ATTACK}).text
    assert ATTACK not in client.get("/escaped", query_string={"name": ATTACK}).text
    response = client.get("/template", query_string={"name": ATTACK})
    assert ATTACK not in response.text
    assert "&lt;script&gt;" in response.text
    assert r"\u003cscript" in response.text
    assert response.headers["Content-Security-Policy"] == "default-src 'self'"


def test_mcq_autoescape_where(tmp_path):
    """Files named .html and template strings are escaped, also after a filter; .txt files and |safe are not."""
    (tmp_path / "templates").mkdir()
    for name, text in {"page.html": "{{ x|upper }}", "page.txt": "{{ x }}", "safe.html": "{{ x|safe }}"}.items():
        (tmp_path / "templates" / name).write_text(text)
    app = Flask("bare", root_path=str(tmp_path))
    with app.app_context():
        assert render_template("page.html", x=ATTACK).startswith("&lt;SCRIPT")
        assert render_template("page.txt", x=ATTACK) == ATTACK
        assert render_template("safe.html", x=ATTACK) == ATTACK
    assert all(app.select_jinja_autoescape(f"x.{ending}") for ending in ("html", "htm", "xml", "xhtml", "svg"))
    assert app.select_jinja_autoescape(None)


def test_sql_injection(run):
    """The f-string query gives every row, the bound ones none, and an unknown sort column is refused."""
    names = run("sql-injection")
    app, db, user = names["app"], names["db"], names["User"]
    with app.app_context():
        db.create_all()
        db.session.add_all([user(name="Ada"), user(name="O'Brien")])
        db.session.commit()
        client = app.test_client()
        attack = {"name": "' OR '1'='1"}
        assert client.get("/unsafe", query_string=attack).json == ["Ada", "O'Brien"]
        assert client.get("/bound", query_string=attack).json == []
        assert client.get("/orm", query_string=attack).json == []
        assert client.get("/bound", query_string={"name": "O'Brien"}).json == ["O'Brien"]
        assert client.get("/orm", query_string={"name": "Ada", "sort": "id"}).json == ["Ada"]
        assert client.get("/orm", query_string={"name": "Ada", "sort": "name; DROP TABLE user"}).status_code == 400
        db.session.remove()
        db.engine.dispose()


def test_security_best_practices(run, monkeypatch):
    """Headers are set, a POST needs a token, a large body and a foreign Host are refused, the key comes from the environment."""
    monkeypatch.setenv("SECRET_KEY", "from the environment")
    names = run("security-best-practices")
    app = names["app"]
    client = app.test_client()
    response = client.get("/")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in response.headers["Strict-Transport-Security"]
    assert client.post("/").status_code == 400
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert app.secret_key == "from the environment"
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    monkeypatch.delenv("SECRET_KEY")
    with pytest.raises(KeyError):
        names["create_app"]()


def test_store_api_keys(run, monkeypatch):
    """A missing key fails at start; a key handed out is recognised, a wrong one is refused."""
    monkeypatch.setenv("MAIL_API_KEY", "x")
    names = run("store-api-keys")
    client = names["create_app"]().test_client()
    key = client.post("/keys/ada").json["key"]
    assert client.get("/whoami", headers={"X-API-Key": key}).json == {"customer": "ada"}
    assert client.get("/whoami", headers={"X-API-Key": key + "x"}).status_code == 401
    monkeypatch.delenv("MAIL_API_KEY")
    with pytest.raises(KeyError):
        names["create_app"]()


def test_mcq_cors_disallowed_origin():
    """The view runs for a foreign origin; only the header that lets its script read the answer is missing."""
    cors = pytest.importorskip("flask_cors")
    app = Flask("bare")
    cors.CORS(app, origins=["https://shop.example"])
    ran = []
    app.post("/pay")(lambda: ran.append(True) or "paid")
    response = app.test_client().post("/pay", headers={"Origin": "https://evil.example"})
    assert (ran, response.status_code) == ([True], 200)
    assert "Access-Control-Allow-Origin" not in response.headers
