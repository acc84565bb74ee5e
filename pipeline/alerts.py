"""Tells people at once what needs them: by a webhook, by e-mail, both, or not at all, as the settings say.

Only where a setting names an address is the network reached. An alert that cannot be sent is a warning and fails
nothing. What does *not* belong here: when there is something to tell.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import smtplib
import socket
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal
from urllib.parse import SplitResult, quote, unquote, urlsplit

WEBHOOK, SHAPE, SECRET = "DISCLOSURE_ALERT_WEBHOOK", "DISCLOSURE_ALERT_SHAPE", "DISCLOSURE_ALERT_SECRET"
MAIL, SMTP, SENDER = "DISCLOSURE_ALERT_MAIL", "DISCLOSURE_ALERT_SMTP", "DISCLOSURE_ALERT_SENDER"
SECONDS = 10.0
ANSWER_BYTES = 65_536

Kind = Literal["run-failed", "check-blocked", "quarantine", "vanished", "trial"]
TITLES: Mapping[Kind, str] = {
    "run-failed": "a run failed 运行失败",
    "check-blocked": "a check stopped the run 校验未通过，已停止加载",
    "quarantine": "many files in quarantine 隔离文件过多",
    "vanished": "districts or years have vanished 有地区或年份的报告消失",
    "trial": "a trial alert 测试通知",
}

log = logging.getLogger(__name__)


class AlertError(RuntimeError):
    """An alert could not be sent; the message says why and never holds an address with its secrets."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What has happened, in a sentence or some."""

    kind: Kind
    text: str

    @property
    def title(self) -> str:
        """Begins with the project's name, which a robot that wants a keyword can be given."""
        return f"disclosure: {TITLES[self.kind]}"

    @property
    def message(self) -> str:
        """Title, text, and on which machine."""
        return f"{self.title}\n{self.text}\n({socket.gethostname()})"


def _text(alert: Alert) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": alert.message}}


SHAPES: Mapping[str, Callable[[Alert], dict[str, object]]] = {
    "json": lambda alert: {
        "kind": alert.kind,
        "title": alert.title,
        "text": alert.text,
        "host": socket.gethostname(),
    },
    "slack": lambda alert: {"text": alert.message},
    "dingtalk": _text,
    "wecom": _text,
    "feishu": lambda alert: {"msg_type": "text", "content": {"text": alert.message}},
}


def send_all(alerts: Iterable[Alert]) -> None:
    """Send each as the settings say; what cannot be sent is a warning."""
    for alert in alerts:
        for error in errors_of_sending(alert):
            log.warning("the alert %r could not be sent: %s", alert.title, error)


def errors_of_sending(alert: Alert) -> list[AlertError]:
    """Send an alert by every way that the settings name, and return what went wrong on which."""
    return [error for send in _ways() if (error := _error_of(send, alert))]


def is_set_up() -> bool:
    """Whether the settings name any way."""
    return any(_ways())


def _ways() -> Iterator[Callable[[Alert], None]]:
    if os.environ.get(WEBHOOK):
        yield _post
    if os.environ.get(MAIL):
        yield _mail


def _error_of(send: Callable[[Alert], None], alert: Alert) -> AlertError | None:
    try:
        send(alert)
    except AlertError as error:
        return error
    return None


# --- Webhook ---------------------------------------------------------------------------------------


def _post(alert: Alert) -> None:
    """Post the alert to the webhook. Raises AlertError."""
    url, shape = os.environ[WEBHOOK], os.environ.get(SHAPE) or "json"
    where = _address(WEBHOOK, url, ("http", "https"))
    if shape not in SHAPES:
        raise AlertError(f"{SHAPE} must be one of {', '.join(SHAPES)}, not {shape!r}")
    body = json.dumps(SHAPES[shape](alert), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = urllib.request.Request(_signed(url), body, headers, method="POST")  # noqa: S310  # http or https, see above
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            said = answer.read(ANSWER_BYTES)
    except OSError as error:
        raise AlertError(f"the webhook at {where.hostname} answers: {error}") from error
    _raise_refusal(said, str(where.hostname))


def _signed(url: str) -> str:
    """The address with the time and a signature, where a secret is set: as robots of DingTalk want it."""
    secret = os.environ.get(SECRET)
    if not secret:
        return url
    now = round(time.time() * 1000)
    digest = hmac.new(secret.encode(), f"{now}\n{secret}".encode(), hashlib.sha256).digest()
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}timestamp={now}&sign={quote(base64.b64encode(digest), safe='')}"


def _raise_refusal(said: bytes, where: str) -> None:
    """DingTalk and WeCom refuse with `errcode`, Feishu with `code`, and status 200 all the same."""
    try:
        answer = json.loads(said)
    except ValueError:
        return  # Slack answers `ok`
    if isinstance(answer, dict) and (answer.get("errcode") or answer.get("code")):
        raise AlertError(f"the webhook at {where} refuses: {answer.get('errmsg') or answer.get('msg') or answer}")


# --- E-mail ----------------------------------------------------------------------------------------


def _mail(alert: Alert) -> None:
    """Send the alert by e-mail. Raises AlertError."""
    recipients = [name.strip() for name in os.environ[MAIL].split(",") if name.strip()]
    server = _address(SMTP, os.environ.get(SMTP) or "smtp://localhost", ("smtp", "smtps"))
    mail = EmailMessage()
    mail["Subject"], mail["To"] = alert.title, ", ".join(recipients)
    mail["From"] = os.environ.get(SENDER) or recipients[0]
    mail.set_content(alert.message + "\n")
    try:
        with _connected(server) as connection:
            connection.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise AlertError(f"the mail server at {server.hostname} answers: {error}") from error


def _connected(server: SplitResult) -> smtplib.SMTP:
    """A connection that is encrypted where the server offers it, and always before a password is sent."""
    host, port = str(server.hostname), server.port or 0
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS)
    else:
        connection = smtplib.SMTP(host, port, timeout=SECONDS)
        connection.ehlo()
        if server.username or connection.has_extn("starttls"):
            connection.starttls()
    if server.username:
        connection.login(unquote(server.username), unquote(server.password or ""))
    return connection


def _address(setting: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    """The parts of an address. Raises AlertError, without the address, which may hold a secret."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        known = None
    if not known:
        raise AlertError(f"{setting} must be an address like {schemes[-1]}://host/…")
    return parts
