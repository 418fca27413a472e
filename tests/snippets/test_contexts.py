"""The code of the section Contexts & Request Lifecycle does what its text says."""

import asyncio
import threading

import pytest
from flask import Flask, current_app, g, has_app_context, has_request_context, request, session
from flask.globals import app_ctx


def test_app_context(run):
    """No context exists after creation; requests, commands and with-blocks have one; g starts empty each time."""
    names = run("app-context")
    assert names["before"] is False
    client = names["app"].test_client()
    for _ in range(2):
        assert client.get("/").json == {"text": "Hello", "visits": 1}
    assert names["app"].test_cli_runner().invoke(args=["greet"]).output == "Hello\n"
    assert names["script"]() == "Hello"
    with pytest.raises(RuntimeError, match="outside of application context"):
        names["greeting"]()


def test_request_context(run):
    """request works in a view and in test_request_context, and fails elsewhere."""
    names = run("request-context")
    assert names["app"].test_client().get("/list?page=2").json == {"page": 2, "method": "GET"}
    assert names["outside"]().startswith("Working outside of request context")
    assert names["in_a_test"]() == (True, 3)


def test_app_vs_request_context(run):
    """Nothing at start, both in a request, the app context alone in CLI and scripts."""
    names = run("app-vs-request-context")
    app = names["app"]
    assert names["at_start"] == {"app": False, "request": False}
    assert app.test_client().get("/").json == {"name": app.name, "app": True, "request": True}
    assert app.test_cli_runner().invoke(args=["report"]).output == "{'app': True, 'request': False}\n"
    assert names["in_script"]() == {"app": True, "request": False}
    assert names["in_test"]() == {"app": True, "request": True}


def test_access_app_context(run):
    """The block makes current_app work in scripts and threads and pops the context at its end."""
    names = run("access-app-context")
    assert names["nightly_job"]() == ["smtp.example"]
    assert names["in_thread"]() == ["smtp.example"]
    assert not has_app_context()


def test_access_app_context_details():
    """A nested block has its own g, the block pops after an exception, and a new thread has no context."""
    app = Flask("bare")
    with app.app_context():
        g.x = 1
        with app.app_context():
            assert "x" not in g
        assert g.x == 1
        found = []
        thread = threading.Thread(target=lambda: found.append(has_app_context()))
        thread.start()
        thread.join()
        assert found == [False]
        assert current_app._get_current_object() is app
    with pytest.raises(ZeroDivisionError), app.app_context():
        raise ZeroDivisionError
    assert not app_ctx


def test_access_request_context(run):
    """Artificial requests, the test client and a copied context give the same data; a bare thread has none."""
    names = run("access-request-context")
    assert names["in_shell_or_test"]() == "tea"
    assert names["whole_request"]() == {"term": "tea"}
    assert names["app"].test_client().get("/threaded?q=Milk").json == [False, "milk"]


def test_access_request_context_runs_no_hook():
    """test_request_context pushes both contexts but runs neither hooks nor the view."""
    app = Flask("bare")
    ran = []
    app.before_request(lambda: ran.append("hook"))
    app.add_url_rule("/", "home", lambda: ran.append("view") or "x")
    with app.test_request_context("/"):
        assert has_app_context()
        assert has_request_context()
        assert ran == []
        app.preprocess_request()
        assert ran == ["hook"]
    with app.request_context({**app.test_request_context("/x").request.environ}):
        assert request.path == "/x"
    with app.app_context(), pytest.raises(RuntimeError, match="outside of request context"):
        request.path  # noqa: B018


def test_g_object(run):
    """g is shared by hook, view and helper, is empty on the next request and cleaned up at the end."""
    app = run("g-object")["app"]
    client = app.test_client()
    assert client.post("/note").json == {"note": "gone after this request"}
    assert client.get("/", headers={"X-User": "ada"}).json == {"user": "ada", "same": True, "total": 2, "left_over": None}
    assert client.get("/").json["user"] == "guest"


def test_session_vs_g(run):
    """The session survives to the next request, g does not."""
    client = run("session-vs-g")["app"].test_client()
    assert client.post("/login").json == {"note": "only for this request"}
    assert client.get("/me").json == {"user": "Ada", "note": None}


def test_session_vs_g_values():
    """g takes any object without a secret key; the session does neither."""
    app = Flask("bare")
    with app.test_request_context():
        g.anything = object()
        with pytest.raises(RuntimeError, match="secret key"):
            session["x"] = 1


def test_context_locals(run):
    """Two tasks in one thread see their own request, and a LocalProxy follows its ContextVar."""
    names = run("context-locals")
    assert asyncio.run(names["both"]()) == ["Ada", "Bob"]
    assert names["in_turkish"]() == "tr"
    assert f"{names['language']}" == "en"


def test_thread_safe_globals(run):
    """Forty visitors in threads each see their own g, and the locked counter is exact."""
    names = run("thread-safe-globals")
    answers = names["many_visitors"]()
    assert len(answers) == 40
    assert all(str(i) == who for i, who in answers)
    assert names["hits"] == 40
    app = names["app"]
    with app.app_context():
        one = current_app._get_current_object()
    with app.app_context():
        assert current_app._get_current_object() is one


def test_thread_safe_operation(run):
    """Without a lock updates are lost, with it none is."""
    names = run("thread-safe-operation")
    names["rush"]("/buy/unsafe")
    names["rush"]("/buy/safe")
    assert names["stock"]["safe"] == 70
    assert names["stock"]["unsafe"] > 70


def test_request_lifecycle(run):
    """The steps run in the order told, and the session cookie is written after after_request."""
    names = run("request-lifecycle")
    response = names["app"].test_client().get("/")
    assert names["steps"] == ["before_request", "view", "after_request", "teardown_request", "teardown_appcontext"]
    assert response.headers["X-Steps"] == "3"
    assert "Set-Cookie" in response.headers
    assert response.json == {"ok": True}


def test_request_lifecycle_details():
    """Hooks run for a 404, a returned value skips the view, teardown runs after an exception, the context is pushed before matching."""
    app = Flask("bare")
    order = []
    app.url_map.converters["spy"] = type(
        "Spy", (app.url_map.converters["default"],), {"to_python": lambda self, value: order.append(has_app_context()) or value}
    )
    app.before_request(lambda: order.append("before") or (("stopped", 403) if "stop" in request.args else None))
    app.after_request(lambda response: order.append("after") or response)
    app.teardown_request(lambda error: order.append(f"teardown {type(error).__name__}"))
    app.add_url_rule("/<spy:x>", "x", lambda x: 1 / 0)
    client = app.test_client()
    app.logger.disabled = True
    assert client.get("/no/such").status_code == 404
    assert order == ["before", "after", "teardown NoneType"]
    order.clear()
    assert client.get("/a?stop=1").status_code == 403
    assert order == [True, "before", "after", "teardown NoneType"]
    order.clear()
    app.testing = True
    with pytest.raises(ZeroDivisionError):
        client.get("/a")
    assert order == [True, "before", "teardown ZeroDivisionError"]


def test_request_dispatching(run):
    """Dispatching by hand gives the view's answer, 404 for no rule and 405 for the wrong method."""
    dispatch = run("request-dispatching")["dispatch"]
    assert dispatch("/items/7") == {"item": 7, "endpoint": "show"}
    assert dispatch("/nothing") == "NotFound"
    assert dispatch("/items/7", method="DELETE") == "MethodNotAllowed"


def test_signals(run):
    """Receivers hear of a rendered template and of an unhandled error."""
    names = run("signals")
    client = names["app"].test_client()
    assert client.get("/hello/Ada").text == "Hello Ada"
    names["app"].logger.disabled = True
    assert client.get("/broken").status_code == 500
    assert names["seen"] == [("rendered", "Ada"), ("error", "ZeroDivisionError")]


def test_use_signals(run):
    """Both receivers are called at once, and connected_to listens only inside its block."""
    names = run("use-signals")
    assert names["app"].test_client().post("/orders/4").status_code == 201
    assert names["log"] == ["receipt for 4", "status 201"]
    assert names["captured"]() == [5]


def test_use_signals_weak_reference_and_sender():
    """A receiver nobody keeps is forgotten, and the proxy as sender misses receivers of the app."""
    from blinker import Namespace

    signal = Namespace().signal("x")
    heard = []
    signal.connect(lambda sender: heard.append("lost"))
    app = Flask("bare")

    @signal.connect_via(app)
    def kept(sender):
        heard.append("kept")

    with app.app_context():
        signal.send(current_app)
        assert heard == []
        signal.send(current_app._get_current_object())
    assert heard == ["kept"]


def test_mcq_appcontext_after_creation():
    """current_app right after creating the app raises RuntimeError."""
    Flask("bare")
    with pytest.raises(RuntimeError, match="application context"):
        current_app.name  # noqa: B018
