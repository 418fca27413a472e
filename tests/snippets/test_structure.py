"""The code of the section App Structure does what its text says."""

import ast
import json

import pytest
from flask import Blueprint, Flask, render_template, url_for


def test_blueprints(run):
    """Nothing exists before registration; prefix, endpoint name and hooks belong to the blueprint."""
    names = run("blueprints")
    app = names["create_app"]()
    client = app.test_client()
    assert client.get("/users/7").json == {"user": 7, "link": "/users/7"}
    assert names["users_seen"] == [True]
    assert client.get("/shop/").json == {"items": []}
    assert names["users_seen"] == [True]
    other = names["create_app"]()
    assert other is not app
    assert other.test_client().get("/users/7").status_code == 200
    assert Flask("bare").test_client().get("/users/7").status_code == 404


def test_blueprints_error_handler():
    """A blueprint's 404 handler does not see unknown URLs."""
    app = Flask("bare")
    bp = Blueprint("bp", __name__, url_prefix="/bp")
    bp.errorhandler(404)(lambda error: ("mine", 404))
    bp.get("/known")(lambda: "x")
    app.register_blueprint(bp)
    assert app.test_client().get("/bp/unknown").text != "mine"


def test_blueprints_large_apps(run):
    """Both features answer under their prefix, and the guard of admin stops nobody else."""
    client = run("blueprints-large-apps")["create_app"]().test_client()
    assert client.get("/auth/login").json == {"page": "login"}
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/", headers={"X-Role": "admin"}).json == {"page": "dashboard"}


def test_blueprints_templates_collide(tmp_path):
    """Of two templates with the same name the first registered blueprint's is rendered; blueprints may be nested."""
    app = Flask("bare", root_path=str(tmp_path))
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "index.html").write_text(name)
        bp = Blueprint(name, __name__, template_folder=str(folder))
        bp.add_url_rule(f"/{name}", "index", lambda: render_template("index.html"))
        app.register_blueprint(bp)
    assert app.test_client().get("/two").text == "one"
    api, v1 = Blueprint("api", __name__), Blueprint("v1", __name__)
    v1.get("/x")(lambda: url_for("api.v1.<lambda>") if False else "nested")
    api.register_blueprint(v1, url_prefix="/v1")
    fresh = Flask("fresh")
    fresh.register_blueprint(api, url_prefix="/api")
    assert fresh.test_client().get("/api/v1/x").text == "nested"


def test_blueprint_vs_extension(run):
    """The extension serves a view of the blueprint in an app that bound both."""
    app = run("blueprint-vs-extension")["create_app"]()
    assert app.test_client().get("/blog/").json == {"posts": [], "clock": "12:00"}


def test_app_factory(run):
    """Each call makes an app of its own, with the values a test passes."""
    create_app = run("app-factory")["create_app"]
    assert create_app() is not create_app()
    assert create_app().test_client().get("/").json == {"testing": False}
    assert create_app({"TESTING": True}).test_client().get("/").json == {"testing": True}


def test_app_factory_found_by_flask_command(tmp_path, monkeypatch):
    """The flask command finds create_app by its name."""
    from flask.cli import ScriptInfo

    (tmp_path / "shopfactory.py").write_text("from flask import Flask\ndef create_app():\n    return Flask('shopfactory')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert ScriptInfo(app_import_path="shopfactory").load_app().name == "shopfactory"


def test_structure_large_app(source):
    """The tree is marked as not run, and the factory below it parses and does what the text lists."""
    code = source("structure-large-app")
    assert code.lstrip().startswith("# not run:")
    factory = next(node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef))
    text = ast.unparse(factory)
    assert factory.name == "create_app"
    assert all(step in text for step in ("from_object", "init_app", "register_blueprint", "return app"))


def test_app_config(run, monkeypatch):
    """The environment overrides the class, a test overrides both, lower-case names are not loaded."""
    monkeypatch.setenv("FLASK_ITEMS_PER_PAGE", "50")
    names = run("app-config")
    app = names["create_app"]()
    assert app.test_client().get("/").json == {"per_page": 50}
    assert "ignored" not in app.config
    testing = names["create_app"](names["Testing"], ITEMS_PER_PAGE=3)
    assert testing.testing
    assert testing.config["MAIL_SENDER"] == "nobody@example.com"
    assert testing.test_client().get("/").json == {"per_page": 3}


def test_config_from_pyfile(run):
    """Upper-case names override the defaults, an optional file may be missing, a required one may not."""
    app = run("config-from-pyfile")["create_app"]()
    assert app.config["MAX_CONTENT_LENGTH"] == 5 * 1024 * 1024
    assert app.config["MAIL_SENDER"] == "shop@example.com"
    assert app.config["ITEMS_PER_PAGE"] == 20
    assert "note" not in app.config
    assert app.config.from_pyfile("local.cfg", silent=True) is False
    with pytest.raises(FileNotFoundError):
        app.config.from_pyfile("local.cfg")


def test_config_from_pyfile_instance_folder(tmp_path):
    """With instance_relative_config the path counts from the instance folder; from_file reads data formats."""
    (tmp_path / "settings.py").write_text("WHERE = 'instance'\n")
    (tmp_path / "data.json").write_text('{"COUNT": 3}')
    app = Flask("bare", instance_path=str(tmp_path), instance_relative_config=True)
    app.config.from_pyfile("settings.py")
    app.config.from_file("data.json", load=json.load)
    assert (app.config["WHERE"], app.config["COUNT"]) == ("instance", 3)


def test_environment_variables(run, monkeypatch):
    """The file fills what is missing, keeps what is set, and the text False is a false flag only through env_flag."""
    monkeypatch.setenv("SHOP_API_URL", "https://set-before.example")
    monkeypatch.setenv("SHOP_DEBUG_MAIL", "so that it is undone")
    monkeypatch.delenv("SHOP_DEBUG_MAIL")
    monkeypatch.setenv("SHOP_WORKERS", "4")
    names = run("environment-variables")
    app = names["create_app"]()
    assert app.config["API_URL"] == "https://set-before.example"
    assert app.config["DEBUG_MAIL"] is False
    assert app.config["WORKERS"] == 4
    monkeypatch.delenv("SHOP_API_URL")
    with pytest.raises(KeyError):
        names["create_app"]()


def test_mcq_blueprint_endpoint():
    """The endpoint is blueprint name and function name, whatever the prefix."""
    app = Flask("bare")
    shop = Blueprint("shop", __name__)

    @shop.get("/cart")
    def cart():
        return "x"

    app.register_blueprint(shop, url_prefix="/store")
    with app.test_request_context():
        assert url_for("shop.cart") == "/store/cart"
        for wrong in ("cart", "store.cart"):
            with pytest.raises(Exception, match="Could not build url"):
                url_for(wrong)


def test_mcq_config_lowercase(tmp_path):
    """Only the upper-case name arrives."""
    (tmp_path / "settings.py").write_text('secret_key = "abc"\nPAGE_SIZE = 10\n')
    app = Flask("bare", root_path=str(tmp_path))
    app.config.from_pyfile("settings.py")
    assert (app.config["PAGE_SIZE"], app.secret_key, "secret_key" in app.config) == (10, None, False)
