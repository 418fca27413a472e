"""Authentication and authorization: what the cards claim about logins, passwords, tokens and roles."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import bcrypt
import pytest
from flask import Flask
from flask_jwt_extended import create_access_token
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_authentication_authorization(run):
    """No login is 401, a login without the right is 403, the admin gets in."""
    app = run("authentication-authorization")["app"]
    client = app.test_client()
    assert client.get("/reports").status_code == 401
    assert client.post("/login", data={"name": "bob", "password": "nope"}).status_code == 401
    assert client.post("/login", data={"name": "bob", "password": "pw-bob"}).status_code == 200
    assert client.get("/reports").status_code == 403
    assert client.post("/login", data={"name": "ada", "password": "pw-ada"}).status_code == 200
    assert client.get("/reports").json == {"reports": []}


def test_flask_login(run):
    """The id alone lies in the session, the loader gets it as a string, strangers get 401 and are not None."""
    app = run("flask-login")["app"]

    @app.get("/who")
    def who():
        return {"none": current_user is None, "in": current_user.is_authenticated}

    client = app.test_client()
    assert client.get("/me").status_code == 401
    assert client.get("/who").json == {"none": False, "in": False}
    client.post("/enter")
    with client.session_transaction() as session:
        assert session["_user_id"] == "7"
    assert client.get("/me").json == {"name": "Ada"}


def test_login_logout_flask_login(run):
    """Only the right password logs in, strangers are sent to login_view, logout closes the page again."""
    app = run("login-logout-flask-login")["app"]
    client = app.test_client()
    stranger = client.get("/dashboard")
    assert stranger.status_code == 302
    assert stranger.location.startswith("/login?next=")
    wrong = client.post("/login", data={"name": "ada", "password": "nope"})
    assert wrong.status_code == 200
    assert "<form" in wrong.text
    assert client.get("/dashboard").status_code == 302
    assert client.post("/login", data={"name": "ada", "password": "lovelace"}).status_code == 303
    assert client.get("/dashboard").json == {"hello": "ada"}
    old = client.get_cookie("session").value
    assert client.post("/logout").status_code == 303
    assert client.get("/dashboard").status_code == 302
    client.set_cookie("session", old)
    assert client.get("/dashboard").status_code == 200  # a copy of the old cookie still works


def test_a_user_class_needs_an_id():
    """UserMixin alone does not make a user: login_user raises NotImplementedError; login_required above the route protects nothing."""
    app = Flask(__name__)
    app.secret_key = "x"
    manager = LoginManager(app)
    manager.user_loader(lambda user_id: None)

    class Empty(UserMixin):
        pass

    @login_required
    @app.get("/open")
    def open_view():
        return "not protected"

    with app.test_request_context(), pytest.raises(NotImplementedError):
        login_user(Empty())
    assert app.test_client().get("/open").status_code == 200


def test_password_hashing(run):
    """Two hashes of one password differ, Werkzeug takes scrypt, bcrypt refuses more than 72 bytes, the default cost is 12."""
    names = run("password-hashing")
    assert names["stored"] != names["again"]
    assert names["stored"].startswith("$2b$12$")
    assert names["scrypt_hash"].startswith("scrypt:32768:8:1$")
    with pytest.raises(ValueError, match="72 bytes"):
        bcrypt.hashpw(b"x" * 73, bcrypt.gensalt(4))


def test_jwt(run):
    """The payload is readable without the key, a changed token is refused, an integer identity is rejected with 422."""
    names = run("jwt")
    app, client = names["app"], names["app"].test_client()
    token = client.post("/login", json={"name": "ada", "password": "lovelace"}).json["access_token"]
    claims = names["peek"](token)
    assert token.count(".") == 2
    assert claims["sub"] == "17"
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert client.get("/me", headers=bearer(token)).json == {"user": "17"}
    assert client.get("/me").status_code == 401
    head, payload, signature = token.split(".")
    assert client.get("/me", headers=bearer(f"{head}.{payload[:-4]}AAAA.{signature}")).status_code == 422
    with app.app_context():
        number = create_access_token(17)
    answer = client.get("/me", headers=bearer(number))
    assert answer.status_code == 422
    assert "string" in answer.json["msg"]


def test_flask_jwt_extended(run):
    """Access and refresh tokens open different doors, and a token on the blocklist is refused."""
    names = run("flask-jwt-extended")
    app, client = names["app"], names["app"].test_client()
    with app.app_context():
        access, refresh = names["tokens_for"](5)
    assert client.get("/me", headers=bearer(access)).json == {"id": "5", "role": "reader"}
    assert client.get("/me", headers=bearer(refresh)).status_code == 422
    renewed = client.post("/refresh", headers=bearer(refresh)).json["access_token"]
    assert client.get("/me", headers=bearer(renewed)).status_code == 200
    assert client.delete("/logout", headers=bearer(access)).status_code == 204
    assert client.get("/me", headers=bearer(access)).status_code == 401
    assert app.config["JWT_TOKEN_LOCATION"] == ("headers",)


def test_secure_routes_jwt(run):
    """Missing 401, malformed 422, wrong role 403, right role 200; the wrong password gets no token."""
    client = run("secure-routes-jwt")["app"].test_client()
    assert client.post("/login", json={"name": "ada", "password": "x"}).status_code == 401
    bob = client.post("/login", json={"name": "bob", "password": "builder"}).json["access_token"]
    ada = client.post("/login", json={"name": "ada", "password": "lovelace"}).json["access_token"]
    assert client.get("/profile").status_code == 401
    assert client.get("/profile", headers=bearer("garbage")).status_code == 422
    assert client.get("/profile", headers=bearer(bob)).json == {"name": "bob"}
    assert client.get("/admin", headers=bearer(bob)).status_code == 403
    assert client.get("/admin", headers=bearer(ada)).status_code == 200


def test_jwt_needs_its_manager():
    """Without JWTManager a protected view fails inside, it does not answer 401."""
    from flask_jwt_extended import jwt_required

    app = Flask(__name__)

    @app.get("/x")
    @jwt_required()
    def x():
        return "x"

    assert app.test_client().get("/x").status_code == 500


def test_rbac(run):
    """Permissions come from roles, several roles add up, unknown people may do nothing."""
    names = run("rbac")
    allowed, permission = names["allowed"], names["Permission"]
    assert allowed("ada", permission.DELETE)
    assert not allowed("bob", permission.WRITE)
    assert allowed("eve", permission.WRITE)
    assert not allowed("nobody", permission.READ)


def test_rbac_implementation(run):
    """Strangers get 401 instead of an AttributeError, wrong roles 403, the right ones pass."""
    app = run("rbac-implementation")["app"]
    client = app.test_client()
    assert client.get("/admin").status_code == 401
    for name, edit, admin in [("eve", 403, 403), ("bob", 200, 403), ("ada", 200, 200)]:
        client.post(f"/enter/{name}")
        assert (client.get("/articles/edit").status_code, client.get("/admin").status_code) == (edit, admin)


def test_flask_security(run):
    """Login comes ready-made, passwords are Argon2, the role decides about the admin page."""
    names = run("flask-security")
    app, db, store, user_class = (names[name] for name in ("app", "db", "store", "User"))
    with app.app_context():
        assert db.session.scalar(db.select(user_class)).password.startswith("$argon2id$")
    client = app.test_client()
    # JSON requests are refused with 401, browsers are sent to the ready-made login page
    assert client.get("/me", headers={"Accept": "application/json"}).status_code == 401
    assert "/login" in client.get("/me").location
    app.config["WTF_CSRF_ENABLED"] = False
    assert client.post("/login", json={"email": "bob@example.com", "password": "a-long-password"}).status_code == 200
    assert client.get("/me").json == {"area": "member"}
    assert client.get("/admin", headers={"Accept": "application/json"}).status_code == 403
    with app.app_context():
        bob = store.find_user(email="bob@example.com")
        store.add_role_to_user(bob, store.find_or_create_role("admin"))
        db.session.commit()
    assert client.get("/admin").json == {"area": "admin"}


def test_oauth_in_flask(run, monkeypatch):
    """The login view sends the browser to the provider with a random state; the callback logs in our own user."""
    names = run("oauth-in-flask")
    app, google = names["app"], names["oauth"].google
    metadata = {"authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth", "token_endpoint": "https://example.invalid/token"}
    monkeypatch.setattr(google, "load_server_metadata", lambda: metadata)
    client = app.test_client()
    target = urlsplit(client.get("/login").location)
    query = parse_qs(target.query)
    assert target.netloc == "accounts.google.com"
    assert query["redirect_uri"] == ["http://localhost/callback"]
    assert query["response_type"] == ["code"]
    assert query["state"][0]
    assert "secret" not in target.query
    assert client.get("/callback?code=1&state=forged").status_code == 500  # MismatchingStateError: not our state
    monkeypatch.setattr(google, "authorize_access_token", lambda: {"userinfo": {"sub": "77", "email": "ada@example.com"}})
    assert client.get("/callback").status_code == 302
    assert client.get("/").json == {"user": "ada@example.com"}
    assert list(names["accounts"]) == ["77"]


def test_api_keys_vs_jwt_vs_oauth(run):
    """The key is looked up and names a program, the token is verified and names a user."""
    names = run("api-keys-vs-jwt-vs-oauth")
    app, client = names["app"], names["app"].test_client()
    assert client.get("/by-key").status_code == 401
    assert client.get("/by-key", headers={"X-API-Key": names["api_key"]}).json == {"client": "billing-service"}
    names["KEYS"].clear()
    assert client.get("/by-key", headers={"X-API-Key": names["api_key"]}).status_code == 401
    with app.app_context():
        token = names["jwt_for"](9)
    assert client.get("/by-jwt", headers=bearer(token)).json == {"user": "9"}
