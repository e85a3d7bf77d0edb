"""The stand-in bank as the real one is reached: by https, over connections that are kept."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = '127.0.0.1'


@dataclass
class Front:
    """What stands before the bank.

    :param authority: the file of whom to trust, in PEM
    :param handshakes: how many connections were made to it
    """

    url: str
    authority: Path
    handshakes: int = 0


@contextmanager
def front(bank_url: str, folder: Path) -> Iterator[Front]:
    """Let the bank be reached by https for the length of the block.

    :param folder: for the certificate and its key
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_certify(folder))
    server = _Server((HOST, 0), _Handler)
    server.context = context
    server.bank = urlsplit(bank_url).netloc
    server.front = Front(f'https://{HOST}:{server.server_port}', folder / 'bank.pem')
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    context: ssl.SSLContext
    bank: str
    front: Front

    def finish_request(self, request, client_address) -> None:
        """Shake hands in the connection's own thread, so that none waits for another."""
        with self.context.wrap_socket(request, server_side=True) as secure:
            self.front.handshakes += 1
            super().finish_request(secure, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers['Content-Length']))
        headers = {name: self.headers[name] for name in ('Content-Type', 'Host')}
        bank = HTTPConnection(self.server.bank)
        bank.request('POST', self.path, body, headers)
        answer = bank.getresponse()
        text = answer.read()
        bank.close()
        self.send_response(answer.status)
        self.send_header('Content-Type', answer.headers['Content-Type'])
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_what: object) -> None:
        """The bank has a log of its own."""


def _certify(folder: Path) -> tuple[Path, Path]:
    """Write a certificate that is its own authority, and its key; return their files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address(HOST))
    certificate = (
        x509
        .CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files = folder / 'bank.pem', folder / 'key.pem'
    for path, pem in zip(files, (certificate.public_bytes(encoding), private), strict=True):
        path.write_bytes(pem)
    return files
