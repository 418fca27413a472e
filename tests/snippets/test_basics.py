"""The snippets of the section on the basics do what the text beside them says."""

from __future__ import annotations

from werkzeug.wrappers import Response


def test_what_is_flask(run):
    """Routing, escaping templates and JSON work from the small core alone."""
    client = run("what-is-flask")["app"].test_client()
    assert client.get("/?name=<b>").text == "<h1>Hello, &lt;b&gt;!</h1>"
    assert client.get("/api/status").get_json() == {"status": "ok"}


def test_microframework(run):
    """The core has routing, templates, sessions, CLI and test client, but no database, login, admin or forms."""
    names = run("microframework")
    assert names["in_core"] == ["url_map", "jinja_env", "session_interface", "json", "cli", "test_client"]
    assert names["not_in_core"] == ["db", "login_manager", "admin", "forms"]


def test_flask_features(run):
    """A blueprint, a converter, an escaped page and the signed session, seen through the test client."""
    client = run("flask-features")["client"]
    assert client.get("/books/7?title=<i>").text == "<h1>Book 7: &lt;i&gt;</h1>"
    assert client.get("/books/last").get_json() == {"last_seen": 7}
    assert client.get("/books/seven").status_code == 404


def test_flask_advantages(run):
    """One file is a whole app."""
    assert run("flask-advantages")["app"].test_client().get("/predict/2").get_json() == {"rooms": 2, "price": 90_000}


def test_flask_vs_django(run):
    """The Flask side needs neither settings nor a generated project."""
    client = run("flask-vs-django")["app"].test_client()
    assert client.get("/").text == "Hello from one file"
    assert client.get("/health").get_json() == {"ok": True}


def test_flask_vs_fastapi(run):
    """In Flask the view checks its input itself; FastAPI's status for invalid input is 422."""
    client = run("flask-vs-fastapi")["app"].test_client()
    assert client.post("/items", json={"name": "pen"}).status_code == 201
    assert client.post("/items", json={"name": 7}).status_code == 422
    assert client.post("/items", json=[]).status_code == 422


def test_dunder_name(run):
    """The import name leads to the package's templates; an unknown name falls back to the working directory."""
    names = run("dunder-name")
    assert names["page"] == "Hello, Ann!"
    assert names["app"].root_path.endswith("shop")
    assert names["app"].name == "shop"
    assert names["lost"].root_path == str(names["Path"].cwd())


def test_what_is_wsgi(run):
    """A Flask app is called with environ and start_response, as any WSGI app is."""
    names = run("what-is-wsgi")
    assert names["sent"]["status"] == "200 OK"
    assert names["body"] == b"GET from localhost"
    response = Response.from_app(names["bare_app"], names["create_environ"]("/"))
    assert response.get_data() == b"plain WSGI"


def test_what_is_werkzeug(run):
    """Requests, responses, the URL map, abort and password hashing come from Werkzeug."""
    names = run("what-is-werkzeug")
    assert (names["endpoint"], names["values"]) == ("user", {"user_id": 7})
    assert names["ok"] and names["code"] == 404


def test_default_host_port(run):
    """flask run listens on 127.0.0.1:5000 unless told otherwise, and app.run() takes both as arguments."""
    names = run("default-host-port")
    assert {key: str(value) for key, value in names["defaults"].items()} == {"host": "127.0.0.1", "port": "5000"}
    assert names["arguments"][:2] == ["host", "port"]


def test_install_flask(source):
    """The shell lines create an environment, activate it and install with pip, in that order."""
    text = source("install-flask")
    assert text.lstrip().startswith("# not run: ")
    assert text.index("python3 -m venv") < text.index("activate") < text.index("pip install flask") < text.index("flask --version")


def test_create_flask_app(run):
    """The greeting is served as HTML with status 200."""
    response = run("create-flask-app")["app"].test_client().get("/")
    assert (response.status_code, response.text, response.mimetype) == (200, "Hello, World!", "text/html")


def test_run_flask_app(run):
    """Importing the file starts no server, and the command line knows the options that the comments name."""
    from flask.cli import run_command

    names = run("run-flask-app")
    assert names["app"].test_client().get("/").text == "running"
    assert {"host", "port", "reload", "debugger"} <= {option.name for option in run_command.params}


def test_debug_mode(run, monkeypatch):
    """FLASK_DEBUG turns the flag on, FLASK_ENV does nothing, and without it an error is a plain 500."""
    from flask.helpers import get_debug_flag

    app = run("debug-mode")["app"]
    assert not app.debug
    assert app.test_client().get("/boom").status_code == 500
    monkeypatch.setenv("FLASK_ENV", "development")
    assert not get_debug_flag()
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert get_debug_flag()


def test_dev_server(run, monkeypatch):
    """app.run() asks Werkzeug for a threaded server on 127.0.0.1:5000 without reloader."""
    asked = {}
    monkeypatch.setattr("werkzeug.serving.run_simple", lambda host, port, app, **options: asked.update(options, host=host, port=port))
    monkeypatch.delenv("FLASK_RUN_FROM_CLI", raising=False)
    app = run("dev-server")["app"]
    app.run(load_dotenv=False)
    assert (asked["host"], asked["port"], asked["threaded"], asked["use_reloader"]) == ("127.0.0.1", 5000, True, False)


def test_application_types(run):
    """A page, an API, a prediction and a webhook in one app."""
    client = run("application-types")["app"].test_client()
    assert "Fish &amp; chips" in client.get("/").text
    assert client.get("/api/posts").get_json() == [{"id": 1, "title": "First post"}]
    assert client.post("/predict", json={"rooms": 2}).get_json() == {"price": 90_000}
    assert client.post("/hooks/payment").status_code == 204


def test_when_to_use_flask(run):
    """A prediction service that refuses what is not a number."""
    client = run("when-to-use-flask")["app"].test_client()
    assert client.post("/predict", json={"rooms": 2, "area": 50}).get_json() == {"price": 85_000}
    assert client.post("/predict", json={"rooms": "two", "area": 50}).status_code == 400
    assert client.post("/predict", json={}).status_code == 400


def test_flask_for_apis_microservices(run):
    """Lists and dicts become JSON; wrong content type is 415, a missing field 400, an unknown book 404."""
    client = run("flask-for-apis-microservices")["app"].test_client()
    assert client.get("/v1/books").get_json() == [{"id": 1, "title": "Dune"}]
    assert client.get("/v1/books/9").status_code == 404
    assert client.post("/v1/books", json={"title": "Emma"}).status_code == 201
    assert client.post("/v1/books", json={}).status_code == 400
    assert client.post("/v1/books", data="title=Emma").status_code == 415


def test_mcq_enable_debug():
    """app.config["DEBUG"] and FLASK_ENV do not make flask run use the debugger; the --debug option exists."""
    from flask.cli import cli

    assert any("--debug" in option.opts for option in cli.params)
    assert not any("--reload-all" in option.opts for option in cli.params)
