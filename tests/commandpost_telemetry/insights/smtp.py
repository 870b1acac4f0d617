"""A mail server that takes, refuses or puts off what it is given: real SMTP over a socket."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typing_extensions import override

from commandpost_telemetry.kit.clock import Clock


@dataclass
class MailServer:
    """What came in, and what is answered."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    answer: str = "250 taken"
    refuses: str = ""  # an address that it does not know
    tls: ssl.SSLContext | None = None  # offers STARTTLS with it
    is_tls_throughout: bool = False


class _Session(socketserver.StreamRequestHandler):
    @override
    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        mail = self.server.mail
        self._say("220 here")
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            match word.upper():
                case "EHLO":
                    offers = ["here", "AUTH PLAIN", *(["STARTTLS"] if mail.tls else [])]
                    self._say("\r\n".join([*(f"250-{each}" for each in offers), "250 8BITMIME"]))
                case "STARTTLS":
                    self._say("220 go on")
                    self._encrypt(mail.tls)
                case "AUTH":
                    mail.signed_in.append(base64.b64decode(rest.split()[1]).decode())
                    self._say("235 welcome")
                case "RCPT":
                    is_unknown = bool(mail.refuses) and mail.refuses in rest
                    mail.recipients += [] if is_unknown else [rest]
                    self._say("550 nobody here" if is_unknown else "250 fine")
                case "DATA":
                    self._say("354 go on")
                    self._take(mail)
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _take(self, mail: MailServer) -> None:
        lines = b"".join(iter(self.rfile.readline, b".\r\n"))
        if mail.answer.startswith("250"):
            mail.mails.append(message_from_bytes(lines, policy=policy.default))
        self._say(mail.answer)

    def _encrypt(self, tls: ssl.SSLContext | None) -> None:
        assert tls
        super().finish()  # the streams of the time before
        self.request = tls.wrap_socket(self.request, server_side=True)
        self.setup()

    @override
    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, mail: MailServer) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mail = mail
        if mail.tls and mail.is_tls_throughout:
            self.socket = mail.tls.wrap_socket(self.socket, server_side=True)


@contextmanager
def a_mail_server(
    tls: ssl.SSLContext | None = None, *, throughout: bool = False
) -> Iterator[MailServer]:
    """Listen on a free port of this machine while the test runs."""
    mail = MailServer(tls=tls, is_tls_throughout=throughout)
    with _Server(mail) as server:
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield mail
        finally:
            server.shutdown()
            thread.join()


def a_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server called localhost shows, and what believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = Clock().now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "both.pem").write_bytes(pem + secret)
    shows = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    shows.load_cert_chain(folder / "both.pem")
    return shows, ssl.create_default_context(cadata=pem.decode())
