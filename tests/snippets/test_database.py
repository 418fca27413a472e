"""The database section: the snippets do what the text beside them says."""

from __future__ import annotations

import pytest


def test_supported_databases(run):
    """One API, three dialects; only SQLite is reached here."""
    names = run("supported-databases")
    assert names["dialects"] == {"sqlite": "sqlite", "postgresql": "postgresql", "mysql": "mysql"}
    assert names["version"].startswith("3.")


def test_connect_database(run, tmp_path):
    """The factory binds the extension; the file lands in the instance folder; no URL is an error."""
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy

    names = run("connect-database")
    app, db = names["create_app"](), names["db"]
    with app.app_context():
        db.session.add(names["Note"](text="hello"))
        db.session.commit()
    assert app.test_client().get("/notes").json == ["hello"]
    assert (tmp_path / "instance" / "notes.db").exists()
    with pytest.raises(RuntimeError, match="SQLALCHEMY_DATABASE_URI"):
        SQLAlchemy(Flask("no_uri"))
    with pytest.raises(RuntimeError, match="application context"):
        db.session.scalars(db.select(names["Note"]))


def test_flask_sqlalchemy(run):
    """Objects become rows, a missing one is a 404, and nothing is committed unasked."""
    names = run("flask-sqlalchemy")
    app, db, user = names["app"], names["db"], names["User"]
    client = app.test_client()
    assert client.post("/users/ada").status_code == 201
    assert client.get("/users/1").json == {"name": "ada"}
    assert client.get("/users/2").status_code == 404
    with app.app_context():
        db.session.add(user(name="forgotten"))
        db.session.flush()
    with app.app_context():
        assert db.session.scalars(db.select(user.name)).all() == ["ada"]


def test_define_models(run):
    """Derived table name, nullability from the annotation, both sides of the relationship, no primary key refused."""
    from sqlalchemy.exc import ArgumentError
    from sqlalchemy.orm import Mapped

    names = run("define-models")
    app, db, author, post = names["app"], names["db"], names["Author"], names["BlogPost"]
    assert post.__tablename__ == "blog_post"
    assert not author.__table__.c.email.nullable
    assert author.__table__.c.nickname.nullable
    with app.app_context():
        assert db.session.scalar(db.select(post)).author.email == "ada@example.com"
        with pytest.raises(ArgumentError, match="primary key"):
            type("NoKey", (db.Model,), {"__annotations__": {"text": Mapped[str]}})


def test_define_models_create_all_never_alters(run):
    """A new column on an existing table is not added by create_all."""
    from sqlalchemy import inspect, text

    names = run("define-models")
    app, db = names["app"], names["db"]
    with app.app_context():
        db.session.execute(text("alter table author drop column nickname"))
        db.session.commit()
        db.create_all()
        assert [c["name"] for c in inspect(db.engine).get_columns("author")] == ["id", "email"]


def test_db_connection_handling(run):
    """No query, no connection; one per request; closed even after a crash."""
    import sqlite3

    names = run("db-connection-handling")
    app, opened = names["app"], names["opened"]
    client = app.test_client()
    client.get("/ping")
    assert opened == []
    assert client.get("/sum").json == {"sum": 42}
    assert len(opened) == 1
    assert client.get("/crash").status_code == 500
    assert len(opened) == 2
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("select 1")


def test_db_connection_handling_pool_defaults(run):
    """The pool keeps 5 and allows 10 more."""
    names = run("connect-database")
    app, db = names["create_app"](), names["db"]
    with app.app_context():
        assert (db.engine.pool.size(), db.engine.pool._max_overflow) == (5, 10)


def test_one_request_one_connection(run):
    """Two helpers share one checkout, it goes back at the end, and the pool does not connect again."""
    names = run("one-request-one-connection")
    client, log = names["app"].test_client(), names["log"]
    client.get("/static-page")
    assert log == []
    for _ in range(3):
        assert client.get("/").json == {"sum": 3}
    assert log == ["connect"] + ["checkout", "checkin"] * 3


def test_db_session_commit(run):
    """Flushed is not committed; attributes are expired afterwards; the session stays usable."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import IntegrityError, PendingRollbackError

    names = run("db-session-commit")
    assert names["after_flush"] == []
    assert names["after_commit"] == ["kept"]
    app, db, account = names["app"], names["db"], names["Account"]
    with app.app_context():
        new = account(owner="new")
        db.session.add(new)
        assert new.id is None
        db.session.commit()
        assert "owner" in inspect(new).expired_attributes
        assert new.owner == "new"
        db.session.rollback()
    assert names["owners"]() == ["kept", "new"]
    with app.app_context():
        db.session.add(account(owner="kept"))
        with pytest.raises(IntegrityError):
            db.session.commit()
        with pytest.raises(PendingRollbackError):
            db.session.scalar(db.select(account.owner))
        db.session.rollback()
        assert db.session.scalar(db.select(account.owner)) == "kept"


def test_db_transactions(run):
    """Both accounts change or none; begin() after the first statement fails; a savepoint undoes only its part."""
    from sqlalchemy.exc import IntegrityError, InvalidRequestError

    names = run("db-transactions")
    app, db, account = names["app"], names["db"], names["Account"]

    def balances():
        with app.app_context():
            return dict(db.session.execute(db.select(account.name, account.balance)).all())

    with app.app_context():
        db.create_all()
        db.session.add_all([account(name="a", balance=10), account(name="b", balance=0)])
        db.session.commit()
    client = app.test_client()
    assert client.post("/transfer/a/b/7").status_code == 200
    assert balances() == {"a": 3, "b": 7}
    assert client.post("/transfer/a/b/7").status_code == 409
    assert balances() == {"a": 3, "b": 7}
    with app.app_context():
        db.session.add(account(name="c", balance=1))
        db.session.flush()
        with pytest.raises(InvalidRequestError, match="already begun"):
            db.session.begin()
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(account(name="d", balance=-1))
        db.session.commit()
    assert balances() == {"a": 3, "b": 7, "c": 1}


def upgrade_steps(app, steps):
    """Run flask db commands in the app and hand back what they printed."""
    runner = app.test_cli_runner()
    for step in steps:
        result = runner.invoke(args=["db", *step])
        assert result.exit_code == 0, result.output + str(result.exception)


def columns(app, db, table):
    from sqlalchemy import inspect

    with app.app_context():
        return [c["name"] for c in inspect(db.engine).get_columns(table)] if inspect(db.engine).has_table(table) else []


@pytest.mark.filterwarnings("ignore:'get_engine' is deprecated")  # from the env.py that Flask-Migrate 4.1 itself writes
def test_flask_migrate(run, tmp_path):
    """migrate writes a script and changes nothing, upgrade applies it, downgrade takes it back."""
    from sqlalchemy import inspect

    names = run("flask-migrate")
    app, db = names["app"], names["db"]
    upgrade_steps(app, [["init"], ["migrate", "-m", "users"]])
    assert len(list((tmp_path / "migrations" / "versions").glob("*_users.py"))) == 1
    assert columns(app, db, "user") == []
    upgrade_steps(app, [["upgrade"]])
    assert columns(app, db, "user") == ["id", "name"]
    with app.app_context():
        assert inspect(db.engine).has_table("alembic_version")
    upgrade_steps(app, [["downgrade"]])
    assert columns(app, db, "user") == []


@pytest.mark.filterwarnings("ignore:'get_engine' is deprecated")  # from the env.py that Flask-Migrate 4.1 itself writes
def test_database_migrations(run, tmp_path):
    """The factory works with flask db, and autogenerate writes a rename as add plus drop: the value is lost."""
    from sqlalchemy import String
    from sqlalchemy.orm import mapped_column

    names = run("database-migrations")
    app, db = names["create_app"](), names["db"]
    upgrade_steps(app, [["init"], ["migrate", "-m", "start"], ["upgrade"]])
    assert columns(app, db, "product") == ["id", "name", "price"]
    table = names["Product"].__table__
    table._columns.remove(table.c.name)
    table.append_column(mapped_column("title", String, server_default="?").column)
    upgrade_steps(app, [["migrate", "-m", "rename"]])
    (script,) = (tmp_path / "migrations" / "versions").glob("*_rename.py")
    text = script.read_text()
    assert "add_column" in text
    assert "drop_column('name')" in text
