"""The performance section: the snippets do what the text beside them says."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref

import pytest


def test_improve_performance(run):
    """N authors cost N + 1 queries the naive way, two with eager loading."""
    from flask_sqlalchemy.record_queries import get_recorded_queries

    names = run("improve-performance")
    app, db = names["app"], names["db"]

    def cost(function):
        with app.app_context():
            before = len(get_recorded_queries())
            result = function()
            return result, len(get_recorded_queries()) - before

    with app.app_context():
        db.create_all()
        db.session.add_all(names["Author"](name=f"a{n}", posts=[names["Post"]()]) for n in range(5))
        db.session.commit()
    (slow, slow_queries), (fast, fast_queries) = cost(names["slow"]), cost(names["fast"])
    assert slow == fast
    assert (slow_queries, fast_queries) == (6, 2)


def test_caching(run):
    """The second call is stored, deleting the key forgets it, an ETag is answered with 304."""
    names = run("caching")
    client, computed = names["app"].test_client(), names["computed"]
    assert [client.get("/report").json for _ in range(2)] == [{"sum": 2}] * 2
    assert len(computed) == 1
    client.put("/prices/ink/5")
    assert client.get("/report").json == {"sum": 7}
    assert len(computed) == 2
    first = client.get("/terms")
    assert first.headers["Cache-Control"] == "max-age=60"
    again = client.get("/terms", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_memory_management(run):
    """Globals stay, what hangs on g goes with the request, a large answer is produced line by line."""
    names = run("memory-management")
    client = names["app"].test_client()
    assert [client.get("/count/x").json["in this worker"] for _ in range(2)] == [1, 2]

    freed = []
    original = names["Buffer"].__init__

    def watched(self):
        original(self)
        weakref.finalize(self, freed.append, True)

    names["Buffer"].__init__ = watched
    assert client.get("/buffer").text == "done"
    gc.collect()
    assert freed == [True]

    answer = client.get("/export", buffered=False)
    assert next(answer.iter_encoded()) == b"0,0\n"
    assert names["square"].cache_info().currsize < 10
    answer.close()
    assert names["square"].cache_info().maxsize == 128


def test_async_flask(run):
    """Awaits overlap inside one view; a task created in a view never finishes."""
    names = run("async-flask")
    client = names["app"].test_client()

    def timed(path):
        start = time.perf_counter()
        assert client.get(path).json == [0, 10, 20, 30]
        return time.perf_counter() - start

    assert timed("/together") < timed("/one-by-one")
    assert client.get("/lost").status_code == 202
    time.sleep(0.1)
    assert names["finished"] == []


def test_async_flask_needs_the_extra(run, monkeypatch):
    """Without asgiref an async view is a RuntimeError."""
    names = run("async-flask")
    monkeypatch.setitem(sys.modules, "asgiref.sync", None)
    names["app"].testing = True
    with pytest.raises(RuntimeError, match="async"):
        names["app"].test_client().get("/together")


def test_background_tasks(run):
    """delay() answers with an id; the task runs in an app context; a plain Celery task has none."""
    from celery import Celery
    from flask import current_app

    names = run("background-tasks")
    names["celery_app"].conf.update(task_always_eager=True, broker_url="memory://", result_backend="cache+memory://")
    answer = names["app"].test_client().post("/report/7")
    assert answer.status_code == 202
    assert len(answer.json["task"]) == 36
    assert names["send_report"].delay(7).get() == "shop@example.com -> user 7"

    bare = Celery("bare", broker="memory://", set_as_current=False)
    bare.conf.update(task_always_eager=True, task_eager_propagates=True)

    def app_name():
        return current_app.name

    task = bare.task(app_name)
    with pytest.raises(RuntimeError, match="application context"):
        task.delay()


def test_flask_socketio(run):
    """Rooms, the sender alone, everybody; a bad token and a foreign origin are refused."""
    names = run("flask-socketio")
    app, io = names["app"], names["socketio"]
    ann, bob = (io.test_client(app, auth={"token": "guest"}) for _ in range(2))
    ann.emit("join", "tea")
    assert [m["name"] for m in ann.get_received()] == ["joined"]
    bob.emit("say", {"room": "tea", "text": "hi"})
    assert [m["args"] for m in ann.get_received()] == [["hi"]]
    assert bob.get_received() == []
    ann.emit("ping_me")
    assert [m["name"] for m in ann.get_received()] == ["pong"]
    assert bob.get_received() == []
    app.test_client().post("/announce/open")
    assert ann.get_received()[0]["args"] == bob.get_received()[0]["args"] == ["open"]
    assert not io.test_client(app, auth={"token": "wrong"}).is_connected()
    polling = "/socket.io/?EIO=4&transport=polling"
    assert app.test_client().get(polling).status_code == 200
    assert app.test_client().get(polling, headers={"Origin": "http://evil.example"}).status_code == 400
    assert io.async_mode in ("threading", "gevent", "eventlet")


def test_websockets(run):
    """Two plain WebSocket clients, over the loopback, both see what one of them says."""
    from simple_websocket import Client
    from werkzeug.serving import make_server

    names = run("websockets")
    assert "new WebSocket" in names["app"].test_client().get("/").text
    server = make_server("127.0.0.1", 0, names["app"], threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        one, two = (Client.connect(f"ws://127.0.0.1:{server.port}/chat") for _ in range(2))
        one.send("ready?")
        assert one.receive(timeout=5) == "ready?"
        for _ in range(200):
            if len(names["clients"]) == 2:
                break
            time.sleep(0.01)
        two.send("hello")
        assert one.receive(timeout=5) == "hello"
        one.close(), two.close()
    finally:
        server.shutdown()
        thread.join(5)
