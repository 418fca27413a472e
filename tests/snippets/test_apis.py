"""REST APIs: what the cards claim about routes, validation, extensions, CORS, versions and limits."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_cors import CORS
from flask_jwt_extended import create_access_token
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from marshmallow import Schema, fields


def test_rest_in_flask(run):
    """The methods read, create, change and remove; a new resource has a status and an address of its own."""
    client = run("rest-in-flask")["app"].test_client()
    created = client.post("/books", json={"title": "Emma"})
    assert created.status_code == 201
    assert created.location == "/books/1"
    assert client.get("/books").json == [{"id": 1, "title": "Emma"}]
    assert client.patch("/books/1", json={"title": "Persuasion"}).json["title"] == "Persuasion"
    assert client.delete("/books/1").status_code == 204
    assert client.get("/books/1").status_code == 404
    assert client.post("/books/1").status_code == 405


def test_create_rest_api(run):
    """Wrong types, broken JSON and missing fields are refused, every error is JSON, success has the right status."""
    client = run("create-rest-api")["app"].test_client()
    made = client.post("/api/v1/users", json={"email": "ada@example.com"})
    assert (made.status_code, made.location) == (201, "/api/v1/users/1")
    assert client.get("/api/v1/users/1").json == {"id": 1, "email": "ada@example.com"}
    statuses = [
        client.post("/api/v1/users", data="x").status_code,
        client.post("/api/v1/users", data="{", content_type="application/json").status_code,
        client.post("/api/v1/users", data="null", content_type="application/json").status_code,
        client.post("/api/v1/users", json={}).status_code,
    ]
    assert statuses == [415, 400, 400, 400]
    missing = client.get("/api/v1/users/9")
    assert (missing.status_code, missing.json) == (404, {"error": "no such user"})
    assert client.get("/nowhere").is_json
    assert client.delete("/api/v1/users/1").status_code == 204


def test_a_string_is_html_and_a_plain_abort_too():
    """A returned string is text/html, a returned list is JSON, abort without a handler sends a page, POST needs to be allowed."""
    import json

    from flask import abort

    app = Flask(__name__)
    app.get("/text")(lambda: json.dumps({"a": 1}))
    app.get("/list", endpoint="list")(lambda: [1])
    app.get("/abort", endpoint="abort")(lambda: abort(404))
    client = app.test_client()
    assert client.get("/text").mimetype == "text/html"
    assert client.get("/list").json == [1]
    assert client.get("/abort").mimetype == "text/html"
    assert client.post("/text").status_code == 405


def test_validate_request_data(run):
    """The schema collects a message per field and refuses unknown ones; the naive check crashes or lets strings pass."""
    client = run("validate-request-data")["app"].test_client()
    assert client.post("/users", json={"email": "a@example.com", "name": "Ada", "age": 36}).status_code == 201
    bad = client.post("/users", json={"email": "nope", "is_admin": True})
    assert bad.status_code == 422
    assert set(bad.json["errors"]) == {"email", "name", "is_admin"}
    assert client.post("/users", data="null", content_type="application/json").status_code == 422
    assert client.post("/naive", json="email").status_code == 201
    assert client.post("/naive", data="null", content_type="application/json").status_code == 500


def test_marshmallow(run):
    """load checks and fills defaults, dump hides the password and does not validate, fields are optional unless required."""
    names = run("marshmallow")
    client = names["app"].test_client()
    made = client.post("/members", json={"email": "ada@example.com", "password": "lovelace1"})
    assert made.json == {"id": 1, "email": "ada@example.com", "joined": "2026-01-01"}
    assert client.get("/members").json == [made.json]
    bad = client.post("/members", json={"id": 5, "password": "short"})
    assert bad.status_code == 422
    assert set(bad.json["errors"]) == {"id", "email", "password"}

    class Loose(Schema):
        email = fields.Email()

    assert Loose().load({}) == {}
    assert Loose().dump({"email": "not an email"}) == {"email": "not an email"}


def test_flask_restful(run):
    """The class, the function and the MethodView answer alike; a verb without a method is 405; errors are JSON."""
    client = run("flask-restful")["app"].test_client()
    assert client.get("/restful/users/1").json == client.get("/plain/users/1").json == client.get("/view/users/1").json
    assert client.patch("/restful/users/1").status_code == 405
    assert client.get("/restful/users/2").json["message"].startswith("no such user")
    assert client.delete("/restful/users/1").status_code == 204


def test_flask_restplus(run):
    """RESTX documents itself as Swagger 2.0, validates only when told to, and RESTPlus is what no longer imports."""
    client = run("flask-restplus")["app"].test_client()
    assert client.get("/swagger.json").json["swagger"] == "2.0"
    assert client.get("/docs").status_code == 200
    assert client.get("/books/").json == [{"id": 1, "title": "Emma"}]
    assert client.post("/books/", json={"title": "Persuasion"}).status_code == 201
    assert client.post("/books/", json={}).status_code == 400


def test_restx_does_not_validate_by_itself():
    """expect(model) alone lets an empty body through."""
    from flask_restx import Api, Resource
    from flask_restx import fields as restx_fields

    app = Flask(__name__)
    api = Api(app)
    model = api.model("Book", {"title": restx_fields.String(required=True)})

    @api.route("/books")
    class Books(Resource):
        @api.expect(model)
        def post(self):
            return api.payload, 201

    assert app.test_client().post("/books", json={}).status_code == 201


def test_api_authentication(run):
    """No key and a wrong key are 401 with WWW-Authenticate, somebody else's record is 403, only the hash is stored."""
    names = run("api-authentication")
    client = names["app"].test_client()
    key = names["issue_key"]("acme")
    refused = client.get("/api/v1/invoices")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert client.get("/api/v1/invoices", headers={"Authorization": "Bearer nope"}).status_code == 401
    mine = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/invoices", headers=mine).json["customer"] == "acme"
    assert client.delete("/api/v1/customers/other", headers=mine).status_code == 403
    assert key not in names["KEYS"]


def test_secure_flask_api(run):
    """401 without a token, 403 for another's order, 429 at the fourth call, CORS for the one origin only."""
    names = run("secure-flask-api")
    app, client = names["app"], names["app"].test_client()
    with app.app_context():
        ada, bob = ({"Authorization": f"Bearer {create_access_token(name)}"} for name in ("ada", "bob"))
    assert client.get("/orders/17").status_code == 401
    assert client.get("/orders/17", headers=bob).status_code == 403
    good = client.get("/orders/17", headers={**ada, "Origin": "https://app.example.com"})
    assert good.json == {"owner": "ada", "total": 12}
    assert good.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert client.get("/orders/17", headers=ada).status_code == 429


def test_flask_cors(run):
    """The allowed origin gets the header, the preflight is answered, a foreign origin is executed without the header."""
    names = run("flask-cors")
    client = names["app"].test_client()
    app_origin, evil = {"Origin": "http://localhost:3000"}, {"Origin": "https://evil.example"}
    allowed = client.post("/api/orders", headers=app_origin)
    assert allowed.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert allowed.headers["Access-Control-Allow-Credentials"] == "true"
    preflight = client.options("/api/orders", headers={**app_origin, "Access-Control-Request-Method": "PUT"})
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]
    foreign = client.post("/api/orders", headers=evil)
    assert foreign.status_code == 201
    assert "Access-Control-Allow-Origin" not in foreign.headers
    assert names["executed"] == ["http://localhost:3000", "https://evil.example"]
    assert "Access-Control-Allow-Origin" not in client.get("/health", headers=app_origin).headers


def test_cors_without_arguments_allows_every_origin():
    """CORS(app) opens the app to anybody's page; plain Flask sends no such header."""
    plain = Flask(__name__)
    plain.get("/")(lambda: "x")
    opened = Flask(__name__)
    opened.get("/")(lambda: "x")
    CORS(opened)
    origin = {"Origin": "https://evil.example"}
    assert "Access-Control-Allow-Origin" not in plain.test_client().get("/", headers=origin).headers
    assert opened.test_client().get("/", headers=origin).headers["Access-Control-Allow-Origin"] in ("*", "https://evil.example")


def test_api_versioning(run):
    """Both versions run side by side, and only the old one announces its end."""
    client = run("api-versioning")["app"].test_client()
    old, new = client.get("/api/v1/users/1"), client.get("/api/v2/users/1")
    assert old.json == {"id": 1, "name": "Ada Lovelace"}
    assert new.json == {"id": 1, "first": "Ada", "last": "Lovelace"}
    assert old.headers["Sunset"].startswith("Thu, 01 Jul 2027")
    assert "Sunset" not in new.headers


def test_rate_limiting(run):
    """The fourth login is 429 with Retry-After, keys are counted apart, the health check is free, the old call is a TypeError."""
    app = run("rate-limiting")["app"]
    client = app.test_client()
    assert [client.post("/login").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.post("/login")
    assert int(refused.headers["Retry-After"]) <= 60
    assert "3 per 1 minute" in refused.json["error"]
    for key in ("a", "b"):
        assert [client.get("/report", headers={"X-API-Key": key}).status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get("/health").status_code for _ in range(5)] == [200] * 5
    with pytest.raises(TypeError):
        Limiter(app, key_func=get_remote_address)
