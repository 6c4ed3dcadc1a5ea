"""Mail: by SMTP where it is set, else as files in the outbox folder."""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
import threading
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ugc_hub.errors import Unavailable
from ugc_hub.hub import Hub
from ugc_hub.templating import templates_dir

LOG = logging.getLogger("ugc_hub.notify")
TIMEOUT_S = 20
MOST_AT_ONCE = 16
"""Mails under way in one process; a server that hangs must not gather threads without end."""
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
"""Where mails may go unencrypted."""


_UNDER_WAY = threading.BoundedSemaphore(MOST_AT_ONCE)


def later(work: Callable[[], None], request_id: str = "") -> None:
    """Do something that sends a mail after the person has their answer, so that its time and end tell them nothing.

    What fails is logged with the id of the request; the person asks again. A process that ends does not wait for it.
    """
    fields = {"fields": {"request_id": request_id}}

    def carry() -> None:
        try:
            work()
        except Exception:
            LOG.exception("mail not sent", extra=fields)
        finally:
            _UNDER_WAY.release()

    if not _UNDER_WAY.acquire(blocking=False):
        LOG.error("mail not sent: %d others are under way", MOST_AT_ONCE, extra=fields)
        return
    threading.Thread(target=carry, name="mail", daemon=True).start()


def outbox(hub: Hub) -> Path:
    """Return the folder that mails are written to where no server is set."""
    return hub.settings.data_dir / "outbox"


def send_sign_in_link(hub: Hub, email: str, link: str) -> None:
    """Mail a one-time sign-in link.

    Raises:
        Unavailable: the mail server does not take it.
    """
    minutes = hub.settings.sign_in_link_s // 60
    send(hub, email, "Sign in to UGC Hub", write("mail/sign-in.txt", {"link": link, "minutes": minutes}))


def write(template: str, values: Mapping[str, Any]) -> str:
    """Return the body of a mail; names of strangers in `values` must have been cleaned of addresses."""
    # Plain text: nothing is escaped.
    mails = Environment(loader=FileSystemLoader(templates_dir()), undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return mails.get_template(template).render(**values)


def send(hub: Hub, to: str, subject: str, body: str, *, name: str = "") -> None:
    """Send one plain-text mail; `EmailMessage` refuses line breaks in headers, so that none can be added.

    A mail with a `name` is one mail however often it is sent: one file in the outbox, one Message-ID elsewhere.

    Raises:
        Unavailable: the mail server does not take it.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = hub.settings.mail_from, to, subject
    name = name or hub.new_id("mail")
    message["Date"], message["Message-ID"] = format_datetime(hub.now()), f"<{name}@ugc-hub.invalid>"
    message.set_content(body)
    if not hub.settings.smtp_url:
        folder = outbox(hub)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep(folder / f"{name}.eml", message.as_bytes())
        return
    try:
        _smtp(hub.settings.smtp_url, message)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable("The mail could not be sent. Try again later, or tell an administrator.") from error


def _keep(path: Path, data: bytes) -> None:
    """Write a file once and whole: whoever dies while writing leaves nothing that looks like a mail."""
    if path.exists():
        return
    part = path.with_name(f".{path.name}-{os.getpid()}-{threading.get_ident()}.part")
    part.touch(mode=0o600)
    part.write_bytes(data)
    part.replace(path)


def _smtp(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
    with server:
        server.ehlo()  # what the server can is not known before
        if parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=context)
        elif parts.scheme != "smtps" and host not in LOOPBACK:
            # Somebody in between may have removed the offer: neither password nor link go out in the clear.
            raise smtplib.SMTPNotSupportedError("the mail server does not offer STARTTLS")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
