"""The snippets of the section on templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template, render_template_string, url_for
from jinja2 import TemplateNotFound, UndefinedError

Run = Callable[[str], dict[str, Any]]


def test_what_are_templates(run: Run) -> None:
    """A file in templates/ is filled on the server, with escaping."""
    client = run("what-are-templates")["app"].test_client()
    page = client.get("/ada").text
    assert "<h1>ada</h1>" in page
    assert "<li>Emma &lt;3</li>" in page
    assert "{{" not in page
    assert "Nothing yet." in client.get("/bob").text


def test_template_engine(run: Run) -> None:
    """The engine works alone and inside Flask."""
    names = run("template-engine")
    assert names["letters"] == ["Dear Ada, you owe 5.", "Dear Bob, all paid."]
    assert names["app"].test_client().get("/letter/eve").text == "Dear Eve, you owe 10."


def test_jinja2(run: Run) -> None:
    """Comments vanish, macros and loops work, values are escaped, what was not passed is empty."""
    page = run("jinja2")["app"].test_client().get("/").text
    assert "comment" not in page
    assert "<h1>CORNER SHOP</h1>" in page
    assert '<li class="odd">Tea &lt;green&gt;: 4.50 EUR</li>' in page
    assert "Sample" not in page
    assert page.rstrip().endswith("</li>")


def test_jinja2_undefined() -> None:
    """An undefined name is empty; its attribute is an error."""
    with Flask(__name__).app_context():
        assert render_template_string("[{{ nickname }}]") == "[]"
        with pytest.raises(UndefinedError):
            render_template_string("{{ nickname.upper }}")


def test_autoescape_depends_on_the_name() -> None:
    """Escaped: .html, .htm, .xml, .xhtml, .svg and strings; not .txt or .js."""
    escapes = Flask(__name__).jinja_env.autoescape
    assert callable(escapes)
    assert all(escapes(name) for name in ("a.html", "a.htm", "a.xml", "a.xhtml", "a.svg", None))
    assert not any(escapes(name) for name in ("a.txt", "a.js", "a.md"))


def test_render_template(run: Run) -> None:
    """The name is relative to templates/; the result is a str; a missing file raises."""
    app = run("render-template")["app"]
    client = app.test_client()
    answer = client.get("/orders/Ada")
    assert (answer.text, answer.content_type) == ("Ada: 2 orders", "text/html; charset=utf-8")
    assert client.get("/nowhere").status_code == 404
    assert "<h1>Nothing here</h1>" in client.get("/nowhere").text
    with app.app_context():
        assert type(render_template("missing.html")) is str
        with pytest.raises(TemplateNotFound):
            render_template("templates/missing.html")


def test_pass_data_to_template(run: Run) -> None:
    """Objects, dicts, Flask's own names; script-safe JSON."""
    page = run("pass-data-to-template")["app"].test_client().get("/cart").text
    assert "<h1>Your cart</h1>" in page
    assert "<li>Tea &amp; milk: 4.5</li>" in page
    assert "<p>Oslo </p>" in page
    assert "You are on /cart" in page
    assert page.count("</script>") == 1


def test_template_inheritance(run: Run) -> None:
    """Blocks are replaced, super() keeps the parent's text, text outside blocks is lost."""
    page = run("template-inheritance")["app"].test_client().get("/cart").text
    assert page == "<title>Cart - My shop</title><nav>menu</nav><p>3 items</p><footer>2026</footer>"


def test_jinja2_filters(run: Run) -> None:
    """Ready filters, chains, arguments, an own filter; safe switches escaping off."""
    lines = run("jinja2-filters")["app"].test_client().get("/").text.split("\n")[1:]
    assert lines == ["Ada Lovelace", "a, b", "n/a", "12.50 EUR / 12 EUR", "&lt;b&gt;hi&lt;/b&gt;", "<b>hi</b>"]


def test_url_for_in_templates(run: Run) -> None:
    """Links, form actions and static files by endpoint; prefix and special characters are handled."""
    app = run("url-for-in-templates")["app"]
    page = app.test_client().get("/").text
    assert 'href="/static/site.css"' in page
    assert 'action="/shop/search"' in page
    assert 'href="/shop/item/green%20tea?ref=home"' in page
    moved = app.test_client().get("/", base_url="http://localhost/prefix").text
    assert 'action="/prefix/shop/search"' in moved
    assert "url_for" in app.jinja_env.globals


def test_static_files(run: Run) -> None:
    """Served by Flask itself under the chosen folder and path, unchanged and cacheable."""
    client = run("static-files")["app"].test_client()
    page = client.get("/").text
    assert 'href="/public/site.css?v=3"' in page
    assert 'src="/public/img/logo.svg"' in page
    with client.get("/public/site.css") as css:
        assert css.text == "h1 { color: teal }"
        assert css.headers["Cache-Control"] == "no-cache, max-age=3600" or css.cache_control.max_age == 3600


def test_static_route_exists_from_the_start() -> None:
    """Without any route of one's own."""
    app = Flask(__name__)
    with app.test_request_context():
        assert url_for("static", filename="site.css") == "/static/site.css"
        assert url_for("static", filename="site.css", v="1") == "/static/site.css?v=1"


def test_templates_with_backend(run: Run) -> None:
    """The view prepares and passes; a form and a JSON endpoint bring input back."""
    names = run("templates-with-backend")
    client = names["app"].test_client()
    assert "Buy tea" in client.get("/").text
    assert client.post("/tasks", data={"text": "<b>Sing"}).status_code == 302
    assert client.post("/tasks/1/toggle").json == {"id": 1, "text": "Buy tea", "done": True}
    page = client.get("/").text
    assert "&lt;b&gt;Sing" in page
    assert 'data-url="/tasks/2/toggle"' in page
    assert page.index("Sing") < page.index("Buy tea")


def test_context_processors(run: Run) -> None:
    """The dict's keys are in every template; the view's own value wins."""
    client = run("context-processors")["app"].test_client()
    assert client.get("/").text == "Corner shop: hello Ada, tea is 4.50 EUR"
    assert client.get("/rename").text == "Passed by the view"


def test_context_processor_runs_at_every_rendering() -> None:
    """Once per rendered template; anything but a dict fails."""
    app = Flask(__name__)
    calls = []

    @app.context_processor
    def count() -> dict[str, int]:
        calls.append(1)
        return {"n": len(calls)}

    with app.test_request_context():
        assert render_template_string("{{ n }}") + render_template_string("{{ n }}") == "12"

    app.context_processor(lambda: "text")
    with app.test_request_context(), pytest.raises(ValueError, match="dictionary update"):
        render_template_string("")
