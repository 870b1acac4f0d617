"""The summary by mail: SMTP as the settings say."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from commandpost_telemetry.insights.summary import Summary
from commandpost_telemetry.insights.weekly import DeliveryFailed, Way
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.words import _
from commandpost_telemetry.settings import Settings

TIMEOUT = 10.0  # seconds; a sync that somebody waits for waits for this too
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailWay:
    """One mail to all who shall have it."""

    url: str = field(repr=False)  # it may hold a password
    to: tuple[str, ...]
    sender: str
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @property
    def name(self) -> str:
        return f"mail to {', '.join(self.to)}"

    @property
    def label(self) -> str:
        return _("mail to %(whom)s", whom=", ".join(self.to))

    def deliver(self, told: Summary) -> str:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        try:
            with self._connected(parts.scheme, host, port) as server:
                self._sign_in(server, parts)
                refused = server.send_message(self._message(told), to_addrs=self.to)
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(f"{host}:{port} did not take the mail: {error}") from error
        return f"The server did not take it for {', '.join(refused)}." if refused else ""

    def _connected(self, scheme: str, host: str, port: int) -> smtplib.SMTP:
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=self.tls)
        return smtplib.SMTP(host, port, timeout=TIMEOUT)

    def _sign_in(self, server: smtplib.SMTP, parts: SplitResult) -> None:
        if not parts.username:
            return
        if parts.scheme == "smtp":
            server.starttls(context=self.tls)  # refuses where a password would go in the clear
        server.login(unquote(parts.username), unquote(parts.password or ""))

    def _message(self, told: Summary) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = told.title
        message["From"] = self.sender
        message["To"] = ", ".join(self.to)
        message["Date"] = format_datetime(now())
        message["Message-ID"] = f"<summary-{told.first}@{self.sender.rpartition('@')[2]}>"
        message.set_content(told.text() + "\n")
        return message


def ways_of(settings: Settings) -> list[Way]:
    """Return the mail, where the settings name a server and somebody to write to."""
    url = settings.smtp_url.get_secret_value()
    to = settings.recipients()
    return [MailWay(url, to, settings.summary_from)] if url and to else []
