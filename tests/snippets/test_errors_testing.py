"""The snippets of the section on errors, logging and testing do what the text beside them says."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, abort


def test_error_handlers(run):
    """A code, an exception class and HTTPException each have their handler; the most specific one answers."""
    client = run("error-handlers")["app"].test_client()
    for path, status, text in [
        ("/books/200", 404, "no such book"),
        ("/nowhere", 404, "Not here"),
        ("/books/7", 409, "no copies left"),
        ("/books/0", 500, "Internal Server Error"),
    ]:
        answer = client.get(path)
        assert (answer.status_code, text in answer.text) == (status, True)
    assert client.post("/books/1").status_code == 405
    assert client.get("/books/4").get_json() == {"price": 25}


def test_error_handlers_of_blueprints():
    """A blueprint's 404 handler sees its own views' abort, not an unknown URL; the 500 handler gets the original exception inside."""
    from flask import Blueprint

    bp = Blueprint("shop", "shop", url_prefix="/shop")
    bp.errorhandler(404)(lambda error: ("from the blueprint", 404))
    bp.add_url_rule("/gone", view_func=lambda: abort(404), endpoint="gone")
    app = Flask("app")
    app.errorhandler(404)(lambda error: ("from the app", 404))
    app.errorhandler(500)(lambda error: (type(error.original_exception).__name__, 500))
    app.add_url_rule("/boom", view_func=lambda: 1 / 0, endpoint="boom")
    app.register_blueprint(bp)
    client = app.test_client()
    assert client.get("/shop/gone").text == "from the blueprint"
    assert client.get("/shop/unknown").text == "from the app"
    assert client.get("/boom").text == "ZeroDivisionError"


def test_json_error_responses(run):
    """Every error has the same JSON shape and the right status; nothing of a crash leaks; headers such as Allow stay."""
    client = run("json-error-responses")["app"].test_client()
    for answer, status, message in [
        (client.post("/orders", json={"book": "x", "amount": 9}), 409, "only 5 in stock"),
        (client.post("/orders", json={}), 400, "book is missing"),
        (client.post("/orders", data="{", content_type="application/json"), 400, None),
        (client.post("/orders", data="x"), 415, None),
        (client.get("/nowhere"), 404, None),
        (client.post("/orders", json={"book": "secret"}), 500, None),
    ]:
        error = answer.get_json()["error"]
        assert (answer.status_code, error["code"]) == (status, status)
        assert message is None or error["message"] == message
        assert "hunter2" not in answer.text
    wrong_method = client.get("/orders")
    assert (wrong_method.status_code, set(wrong_method.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    assert client.post("/orders", json={"book": "Dune"}).status_code == 201


def test_abort(run):
    """abort leaves the view at once, from a helper too; the handler reads the description; only error codes exist."""
    names = run("abort")
    client = names["app"].test_client()
    assert client.get("/notes/1?user=ann").get_json()["text"] == "buy milk"
    assert client.get("/notes/1?user=bob").status_code == 403
    assert names["reached"] == [1]
    assert client.get("/notes/9").get_json() == {"error": "no note 9"}
    with pytest.raises(LookupError):
        abort(200)


def test_http_error_codes(run):
    """400, 401, 403 and 404 for the four different reasons, all through one handler."""
    client = run("http-error-codes")["app"].test_client()
    ann, bob = {"X-Token": "t-ann"}, {"X-Token": "t-bob"}
    assert client.put("/notes/1", json={"text": "x"}).status_code == 401
    assert client.put("/notes/1", json={"text": "x"}, headers=bob).status_code == 403
    assert client.put("/notes/2", json={"text": "x"}, headers=ann).status_code == 404
    assert client.put("/notes/1", json=[], headers=ann).status_code == 400
    broken = client.put("/notes/1", data="{", content_type="application/json", headers=ann)
    assert (broken.status_code, broken.get_json()["error"]) == (400, "Bad Request")
    assert client.put("/notes/1", json={"text": "x"}, headers=ann).get_json()["text"] == "x"


def test_logging(run):
    """dictConfig decides level and format; debug lines are dropped; exceptions carry their traceback, unhandled ones by themselves."""
    names = run("logging")
    client = names["app"].test_client()
    client.get("/orders/1")
    assert names["output"].getvalue() == "INFO shop: order 1 requested\n"
    client.get("/orders/13")
    assert "ERROR shop: warehouse is down\nTraceback" in names["output"].getvalue()
    assert client.get("/boom").status_code == 500
    assert "ZeroDivisionError" in names["output"].getvalue()


def test_test_client(run):
    """The tests of the snippet pass, and the client keeps the cookie of the login."""
    names = run("test-client")

    def fresh():
        return names["create_app"](TESTING=True).test_client()

    names["test_add_book"](fresh())
    names["test_refuses_strangers"](fresh())
    client = fresh()
    with client.session_transaction() as prepared:
        prepared["user"] = "bob"
    assert client.post("/books", json={}).status_code == 400
    assert client.post("/books", json={"title": "Emma"}).get_json()["by"] == "bob"


def test_mcq_error_handler_status():
    """Without a code an error page is sent with 200."""
    app = Flask("forgetful")
    app.errorhandler(404)(lambda error: "Nothing here")
    assert app.test_client().get("/nowhere").status_code == 200


def test_mcq_logger_default_level():
    """Without configuration the effective level is WARNING; in debug mode it is DEBUG."""
    root = logging.getLogger()
    before, root.level = root.level, logging.WARNING
    try:
        assert Flask("quiet_app").logger.getEffectiveLevel() == logging.WARNING
        chatty = Flask("chatty_app")
        chatty.debug = True
        assert chatty.logger.getEffectiveLevel() == logging.DEBUG
    finally:
        root.level = before
