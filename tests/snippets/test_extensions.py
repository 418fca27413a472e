"""The extensions section: the snippets do what the text beside them says."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import pytest


def test_flask_extension(run):
    """One extension object serves two apps, each with its own count."""
    create_app = run("flask-extension")["create_app"]
    one, two = create_app().test_client(), create_app().test_client()
    assert [one.get("/").text, one.get("/").text, two.get("/").text] == ["visit 101", "visit 102", "visit 101"]


def test_use_extensions(run):
    """Settings made before init_app count; the decorator works; settings made afterwards are ignored."""
    names = run("use-extensions")
    client = names["create_app"]().test_client()
    assert {client.get("/report").text for _ in range(2)} == {"expensive result"}
    assert names["calls"] == ["report"]
    with pytest.warns(UserWarning, match="NullCache"):
        app = names["create_app"](CACHE_TYPE="NullCache")
    app.config["CACHE_TYPE"] = "SimpleCache"
    late = app.test_client()
    late.get("/report"), late.get("/report")
    assert len(names["calls"]) == 3


def test_extensions_you_used(run):
    """Everything is bound: the CSRF check answers, the db commands are there."""
    app = run("extensions-you-used")["create_app"]()
    assert app.test_client().post("/order").status_code == 400
    assert "upgrade" in app.test_cli_runner().invoke(args=["db", "--help"]).output


def test_flask_wtf(run):
    """No token, no entry; empty input shows its error; a valid post redirects; no key, no form."""
    from flask import Flask

    names = run("flask-wtf")
    client = names["app"].test_client()
    page = client.get("/").text
    token = re.search(r'value="([^"]+)"', page)[1]
    assert client.post("/", data={"name": "Ada"}).status_code == 200
    assert "This field is required" in client.post("/", data={"csrf_token": token, "name": ""}).text
    answer = client.post("/", data={"csrf_token": token, "name": "Ada"})
    assert (answer.status_code, answer.location) == (302, "/hello/Ada")
    bare = Flask("bare")
    with bare.test_request_context(), pytest.raises(RuntimeError, match="secret key"):
        names["NameForm"]()


def test_flask_wtf_leaves_raw_posts_alone(run):
    """A POST view without a form answers 200: only CSRFProtect covers it."""
    app = run("flask-wtf")["app"]
    app.post("/raw")(lambda: "done")
    assert app.test_client().post("/raw").status_code == 200


def test_flask_mail(run):
    """Nothing leaves in tests, the message is recorded, the defaults have no TLS, a line break in the subject is refused."""
    from flask import Flask
    from flask_mail import BadHeaderError, Mail, Message

    names = run("flask-mail")
    app, mail = names["app"], names["mail"]
    with app.app_context(), mail.record_messages() as outbox:
        assert app.test_client().post("/register/ada").status_code == 201
        with pytest.raises(BadHeaderError):
            mail.send(Message("hi\nBcc: x@example.com", recipients=["a@example.com"], body="b"))
    assert [m.recipients for m in outbox] == [["ada@example.com"]]
    assert len(outbox[0].attachments) == 1
    plain = Flask("plain")
    state = Mail(plain).init_app(plain)
    assert (state.server, state.port, state.use_tls) == ("127.0.0.1", 25, False)


def test_flask_babel(run, tmp_path):
    """The selector chooses, formats follow the locale, only a compiled catalog translates, the decorator is gone."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    names = run("flask-babel")
    app, babel = names["app"], names["babel"]
    german = {"Accept-Language": "de"}
    answer = app.test_client().get("/", headers=german).json
    assert answer == {"locale": "de", "title": "Invoice", "due": "31.12.2026", "total": "1.234,50\xa0€"}
    assert app.test_client().get("/").json["locale"] == "en"
    assert not hasattr(babel, "localeselector")
    folder = tmp_path / "translations" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(locale="de")
    catalog.add("Invoice", "Rechnung")
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    assert run("flask-babel")["app"].test_client().get("/", headers=german).json["title"] == "Rechnung"
    assert date(2026, 12, 31).isoformat() == "2026-12-31"


def test_flask_admin(run):
    """An unprotected view lets everybody write; is_accessible closes it; passing db.session is deprecated."""
    names = run("flask-admin")
    app, db = names["app"], names["db"]
    client = app.test_client()
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/safe/").status_code == 403
    assert client.get("/admin/safe/", headers={"X-Staff": "yes"}).status_code == 200
    assert client.get("/admin/open/").status_code == 200
    assert client.post("/admin/open/new/", data={"name": "pen"}).status_code == 302
    with app.app_context():
        assert db.session.scalars(db.select(names["Product"].name)).all() == ["pen"]
        with pytest.warns(DeprecationWarning, match="pass the SQLAlchemy db object"):
            names["ModelView"](names["Product"], db.session, endpoint="old")


def test_flask_assets(run, tmp_path):
    """One minified file with a version in its URL; with ASSETS_DEBUG the sources are linked one by one."""
    names = run("flask-assets")
    page = names["app"].test_client().get("/").text
    assert re.search(r'href="/static/gen/all.css\?\w+"', page)
    assert (tmp_path / "static" / "gen" / "all.css").read_text() == "body{color:black}nav{margin:0}"
    again = run("flask-assets")["app"]
    again.config["ASSETS_DEBUG"] = True
    page = again.test_client().get("/").text
    assert "base.css" in page
    assert "menu.css" in page
    assert "all.css" not in page


def test_flask_sijax(run):
    """The page calls a JSON route; the old extension is not needed."""
    client = run("flask-sijax")["app"].test_client()
    assert 'fetch("/items"' in client.get("/").text
    client.post("/items", json={"name": "pen"})
    assert client.post("/items", json={"name": "ink"}).json == {"items": ["pen", "ink"]}


def test_flask_script(run):
    """Commands run in an app context, with arguments and options."""
    app = run("flask-script")["app"]
    runner = app.test_cli_runner()
    assert "This is snippet_flask_script" in runner.invoke(args=["hello"]).output
    assert runner.invoke(args=["users", "add", "ada", "--admin"]).output == "Added ada\n"
    assert app.config["USERS"] == [("ada", True)]


def test_flask_cache(run):
    """cached() ignores the query string unless told; memoize goes by argument and can be forgotten; errors are stored too."""
    from flask import Flask
    from flask_caching import Cache

    names = run("flask-cache")
    app, calls = names["app"], names["calls"]
    client = app.test_client()
    assert [client.get(u).text for u in ("/page?n=1", "/page?n=2")] == ["page 1", "page 1"]
    assert [client.get(u).text for u in ("/list?n=1", "/list?n=2")] == ["page 1", "page 2"]
    with app.app_context():
        names["price"](2), names["price"](2), names["price"](3)
        assert calls.count("price") == 2
        client.post("/price/2/changed")
        names["price"](2), names["price"](3)
    assert calls.count("price") == 3

    other = Flask("other")
    cache = Cache(other, config={"CACHE_TYPE": "SimpleCache"})
    seen = []

    @other.get("/fail")
    @cache.cached()
    def fail():
        seen.append("fail")
        return "broken", 500

    @cache.cached()
    @other.get("/wrong-order")
    def wrong_order():
        seen.append("wrong order")
        return "not cached"

    for _ in range(2):
        other.test_client().get("/fail")
        other.test_client().get("/wrong-order")
    assert seen == ["fail", "wrong order", "wrong order"]
    with pytest.warns(UserWarning, match="NullCache"):
        Cache(Flask("unset"))


def test_flask_graphql(run):
    """Exactly the fields asked for; mutations; errors arrive with status 200."""
    client = run("flask-graphql")["app"].test_client()
    answer = client.post("/graphql", json={"query": "{ books(before: 1900) { title } }"})
    assert answer.json == {"data": {"books": [{"title": "Emma"}]}}
    query = 'mutation { addBook(title: "Ulysses", year: 1922) { year } }'
    assert client.post("/graphql", json={"query": query}).json["data"] == {"addBook": {"year": 1922}}
    wrong = client.post("/graphql", json={"query": "{ nope }"})
    assert wrong.status_code == 200
    assert "nope" in wrong.json["errors"][0]["message"]


@pytest.mark.parametrize("section", ["database", "extensions"])
def test_no_dead_package_is_imported(section):
    """The snippets show what replaced the abandoned extensions, not the extensions themselves."""
    from pathlib import Path

    file = Path(__file__).parents[2] / "content" / "flask" / f"{section}.toml"
    for question in tomllib.loads(file.read_text("utf-8")).get("question", []):
        assert not re.search(r"(import|from) flask_(script|cache|sijax|graphql)\b", question.get("code", ""))
