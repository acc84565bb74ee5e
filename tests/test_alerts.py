"""Alerts against servers on this machine: what arrives, what a refusal says, and that no secret is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from pipeline import alerts
from pipeline.alerts import Alert, errors_of_sending
from pipeline.terminal.command import cli

FAILED = Alert("run-failed", "validated_reports: 磁盘已满")
KEPT = ("json", "slack", "dingtalk", "wecom", "feishu")


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Hook(HTTPServer):
    """A webhook that keeps what is posted and answers as it is told."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, object]] = []
        self.status, self.answer = 200, b"ok"
        super().__init__(("127.0.0.1", 0), _Posted)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/robot/send?access_token=verysecret"


class _Posted(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posted.append((self.path, body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


class Post(socketserver.TCPServer):
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Given)


class _Given(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")  # one that begins with a dot is sent with another
                self.server.mails.append(b"".join(line.removeprefix(b".") for line in lines))
            self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 yes\r\n")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (alerts.WEBHOOK, alerts.SHAPE, alerts.SECRET, alerts.MAIL, alerts.SMTP, alerts.SENDER):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    server = Hook()
    monkeypatch.setenv(alerts.WEBHOOK, server.url)
    with serving(server):
        yield server


def test_nothing_is_sent_where_nothing_is_set() -> None:
    assert not alerts.is_set_up()
    assert errors_of_sending(FAILED) == []


@pytest.mark.parametrize("shape", KEPT)
def test_every_shape_arrives_with_title_and_text(hook: Hook, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tuple(alerts.SHAPES) == KEPT
    monkeypatch.setenv(alerts.SHAPE, shape)
    assert errors_of_sending(FAILED) == []
    ((path, body),) = hook.posted
    assert path == "/robot/send?access_token=verysecret"
    assert isinstance(body, dict)
    said = {
        "json": lambda: f"{body['title']} {body['text']}",
        "slack": lambda: body["text"],
        "dingtalk": lambda: body["text"]["content"],
        "wecom": lambda: body["text"]["content"],
        "feishu": lambda: body["content"]["text"],
    }[shape]()
    assert "disclosure: a run failed 运行失败" in said
    assert "磁盘已满" in said
    assert body.get("msgtype" if shape in ("dingtalk", "wecom") else "msg_type", "text") == "text"


def test_a_secret_signs_the_time(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(alerts.SECRET, "SEC1")
    assert errors_of_sending(FAILED) == []
    asked = parse_qs(urlsplit(hook.posted[0][0]).query)
    (time,), (sign,) = asked["timestamp"], asked["sign"]
    assert base64.b64decode(sign) == hmac.new(b"SEC1", f"{time}\nSEC1".encode(), hashlib.sha256).digest()


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, b'{"errcode": 310000, "errmsg": "keywords not in content"}', "refuses: keywords not in content"),
        (200, b'{"code": 9499, "msg": "Bad Request"}', "refuses: Bad Request"),
        (403, b"no", "HTTP Error 403"),
    ],
)
def test_a_refusal_is_told_without_the_secret(hook: Hook, status: int, answer: bytes, said: str) -> None:
    hook.status, hook.answer = status, answer
    (error,) = errors_of_sending(FAILED)
    assert said in str(error)
    assert "verysecret" not in str(error)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        (alerts.WEBHOOK, "file:///etc/passwd", "must be an address like https://host"),
        (alerts.WEBHOOK, "http://127.0.0.1:1/token", "the webhook at 127.0.0.1 answers: "),
        (alerts.WEBHOOK, "http://[", "must be an address"),
        (alerts.SHAPE, "pager", "must be one of json, slack"),
        (alerts.SMTP, "smtp://:25", "must be an address like smtps://host"),
    ],
)
def test_a_wrong_setting_is_told(setting: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(alerts.MAIL if setting == alerts.SMTP else alerts.WEBHOOK, "http://127.0.0.1:1/token")
    monkeypatch.setenv(setting, value)
    (error,) = errors_of_sending(FAILED)
    assert said in str(error)
    assert "token" not in str(error)


def test_an_e_mail_arrives_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Post()
    monkeypatch.setenv(alerts.SMTP, f"smtp://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv(alerts.MAIL, "a@example.org, b@example.org")
    with serving(server):
        assert errors_of_sending(FAILED) == []
    mail = message_from_bytes(server.mails[0], policy=policy.default)
    assert (mail["Subject"], mail["To"]) == (FAILED.title, "a@example.org, b@example.org")
    assert mail["From"] == "a@example.org"
    assert "磁盘已满" in str(mail.get_content())


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compose file gives every setting that it names, be it empty."""
    for name in (alerts.WEBHOOK, alerts.SHAPE, alerts.SECRET, alerts.SMTP, alerts.SENDER):
        monkeypatch.setenv(name, "")
    assert not alerts.is_set_up()
    monkeypatch.setattr("smtplib.SMTP.default_port", 1)  # nobody listens there
    monkeypatch.setenv(alerts.MAIL, "a@example.org")
    (error,) = errors_of_sending(FAILED)
    assert str(error).startswith("the mail server at localhost answers: ")


def test_what_cannot_be_sent_is_a_warning(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv(alerts.WEBHOOK, "http://127.0.0.1:1/")
    alerts.send_all([FAILED])
    assert "could not be sent: the webhook at 127.0.0.1 answers" in caplog.text


def test_the_command_tries_the_settings(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(cli, ["alert", "--text", "hello"]).exit_code == 0
    assert isinstance(hook.posted[0][1], dict)
    assert (hook.posted[0][1]["kind"], hook.posted[0][1]["text"]) == ("trial", "hello")
    monkeypatch.delenv(alerts.WEBHOOK)
    found = CliRunner().invoke(cli, ["alert"])
    assert found.exit_code == 1
    assert "no alert is set up" in found.output
