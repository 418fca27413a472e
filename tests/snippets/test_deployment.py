"""Deployment and scaling: what the cards claim about servers, proxies, containers and workers."""

from __future__ import annotations

import asyncio
import configparser
import json
import re
import time

from gunicorn.config import KNOWN_SETTINGS, Config


def test_deploy_production(run):
    """ProxyFix takes address and scheme from one trusted proxy, the key comes from the environment, debug is off."""
    app = run("deploy-production")["app"]
    forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    assert app.test_client().get("/whoami", headers=forwarded).json == {"ip": "203.0.113.9", "scheme": "https"}
    assert app.test_client().get("/health").json == {"ok": True}
    assert app.secret_key
    assert not app.debug
    spoofed = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
    assert app.test_client().get("/whoami", headers=spoofed).json["ip"] == "203.0.113.9"


def test_gunicorn(run, monkeypatch):
    """Every name in the file is a setting that Gunicorn knows and accepts; the defaults are those that the text names."""
    for name in ("PORT", "WEB_CONCURRENCY"):
        monkeypatch.delenv(name, raising=False)
    names = run("gunicorn")
    settings = {k: v for k, v in names.items() if not k.startswith("__") and k not in ("multiprocessing", "os")}
    known = {setting.name for setting in KNOWN_SETTINGS}
    assert set(settings) <= known
    config = Config()
    assert (config.workers, config.worker_class_str, config.timeout) == (1, "sync", 30)
    for name, value in settings.items():
        config.set(name, value)
    assert config.worker_class_str == "gthread"
    assert config.address == [("127.0.0.1", 8000)]


def test_gunicorn_listens_on_the_port_of_the_platform(monkeypatch):
    """With PORT in the environment Gunicorn binds 0.0.0.0 and that port by itself."""
    import importlib

    import gunicorn.config

    monkeypatch.setenv("PORT", "8123")
    fresh = importlib.reload(gunicorn.config)
    try:
        assert fresh.Config().address == [("0.0.0.0", 8123)]  # noqa: S104 - the claim itself
    finally:
        monkeypatch.undo()
        importlib.reload(gunicorn.config)


def test_production_wsgi_server(run):
    """A Flask app is a callable of environ and start_response that any server can call; Waitress is one."""
    names = run("production-wsgi-server")
    answer = names["one_request"](names["app"], "/hello")
    assert answer["status"] == "200 OK"
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == {"hello": "wsgi"}
    assert callable(names["serve"])


def test_nginx_reverse_proxy(source):
    """The site file is balanced, ends HTTPS, serves static files and forwards with the headers that ProxyFix reads."""
    text = source("nginx-reverse-proxy")
    body = re.sub(r"#.*", "", text)
    assert text.startswith("# not run:")
    assert body.count("{") == body.count("}")
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    assert all(line.endswith((";", "{", "}")) for line in lines)
    for directive in ("listen 443 ssl;", "ssl_certificate ", "server 127.0.0.1:8000;", "proxy_pass http://shop;", "location /static/ {"):
        assert directive in body
    for header in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Host"):
        assert re.search(rf"proxy_set_header {header}\s", body)


def test_wsgi_vs_asgi(run):
    """The one is called and answers, the other exchanges events, waits together with others, and speaks WebSocket."""
    names = run("wsgi-vs-asgi")
    assert names["call_wsgi"]("/a") == b"wsgi /a"
    start = time.perf_counter()
    answers = asyncio.run(names["many"](20))
    assert time.perf_counter() - start < 0.5  # twenty waits of 0.05 seconds, one after the other, would take a second
    assert answers[3][1]["body"] == b"asgi /3"
    sent = asyncio.run(names["call_asgi"]("websocket", "/chat"))
    assert [event["type"] for event in sent] == ["websocket.accept", "websocket.send"]


def test_deploy_docker(source):
    """The Dockerfile installs before it copies the code, leaves root, and starts Gunicorn on all interfaces."""
    text = source("deploy-docker")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    words = [line.split()[0] for line in lines]
    assert text.startswith("# not run:")
    assert words == ["FROM", "ENV", "WORKDIR", "COPY", "RUN", "COPY", "RUN", "USER", "EXPOSE", "CMD"]
    assert lines.index("COPY requirements.txt .") < lines.index("COPY . .")
    command = json.loads(lines[-1].removeprefix("CMD "))
    assert command[0] == "gunicorn"
    assert command[-1] == "app:app"
    options = Config().parser().parse_args(command[1:])
    assert options.bind == ["0.0.0.0:8000"]
    assert "secret" not in text.lower()


def test_deploy_heroku_render(source):
    """Heroku's file names a web process with Gunicorn, Render's the same start command, the requirements contain it."""
    text = source("deploy-heroku-render")
    assert text.startswith("# not run:")
    assert "\nweb: gunicorn app:app\n" in text
    assert "startCommand: gunicorn app:app" in text
    assert text.rstrip().endswith("flask\ngunicorn")


def test_deploy_ec2(source):
    """The unit has its three sections, restarts Gunicorn and binds it to localhost only."""
    text = source("deploy-ec2")
    assert text.startswith("# not run:")
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(text)
    assert unit.sections() == ["Unit", "Service", "Install"]
    service = unit["Service"]
    assert service["Restart"] == "always"
    assert service["User"] != "root"
    command = service["ExecStart"].split()
    assert Config().parser().parse_args(command[1:]).bind == ["127.0.0.1:8000"]
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_scale_flask(run):
    """Two workers disagree about what each keeps in memory and agree about what lies in the shared store."""
    names = run("scale-flask")
    a, b = names["worker_a"].test_client(), names["worker_b"].test_client()
    assert [c.get("/local").json["visits"] for c in (a, a, b)] == [1, 2, 1]
    assert [c.get("/shared").json["visits"] for c in (a, a, b)] == [1, 2, 3]
