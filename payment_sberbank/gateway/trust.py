"""Which certificate authorities are trusted: the usual ones, and those that are added to them.

The bank's hosts use certificates of the Russian Trusted CA (НУЦ Минцифры), which neither Mozilla
nor `certifi` lists, and some still use a public one. So the bundle is a union.
"""

import hashlib
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from .wording import _lt

__all__ = ['Certificate', 'build_ca_bundle', 'ca_bundle_file', 'read_certificates']

_PEM_END = '-----END CERTIFICATE-----'


@dataclass(frozen=True)
class Certificate:
    """A certificate, as a person compares it with another.

    :ivar subject: Whose it is, for example "CN=Russian Trusted Root CA,O=…".
    :ivar fingerprint: SHA-256, in hexadecimal digits.
    :ivar expires: Its last moment, in UTC.
    """

    subject: str
    fingerprint: str
    expires: datetime


def read_certificates(pem: str) -> list[Certificate]:
    """Read what is worth knowing of certificates.

    :param pem: As `build_ca_bundle` takes it.
    :raise ValueError: If one can't be read.
    """
    build_ca_bundle(pem)
    blocks = [block + _PEM_END for block in pem.split(_PEM_END)[:-1]]
    return [_read_certificate(x509.load_pem_x509_certificate(block.encode())) for block in blocks]


def build_ca_bundle(extra_pem: str) -> bytes:
    """Join the public certificate authorities and additional ones into one PEM bundle.

    :param extra_pem: One or more X.509 certificates in PEM.
    :raise ValueError: If it is no such text. The reason is fit to be shown to an administrator.
    """
    if 'PRIVATE KEY' in extra_pem:
        raise ValueError(
            _lt("The additional root certificates hold a private key. Paste only certificates.")
        )
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=extra_pem)
    except (ssl.SSLError, ValueError, TypeError):
        raise ValueError(
            _lt(
                "The additional root certificates can't be read: they are not in PEM format. Paste"
                " them one after another, each from its line with BEGIN to its line with END."
            )
        ) from None
    return Path(certifi.where()).read_bytes() + b'\n' + extra_pem.encode() + b'\n'


def ca_bundle_file(extra_pem: str, directory: str) -> str:
    """Keep the bundle of `build_ca_bundle` in a file, as `GatewayClient` needs it.

    The file is named after its content, so it is written once and never changed.

    :param extra_pem: One or more X.509 certificates in PEM.
    :param directory: Where files go; nobody else may write there. It is made if missing.
    :return: The path of the file.
    :raise ValueError: If the certificates can't be read.
    """
    path = Path(directory) / _name_of(extra_pem)
    if path.exists():
        return str(path)
    bundle = build_ca_bundle(extra_pem)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as unfinished:
        unfinished.write(bundle)
    Path(unfinished.name).replace(path)
    return str(path)


@lru_cache(maxsize=16)  # Each question to the bank needs the name.
def _name_of(extra_pem: str) -> str:
    return f'{hashlib.sha256(build_ca_bundle(extra_pem)).hexdigest()}.pem'


def _read_certificate(certificate: x509.Certificate) -> Certificate:
    return Certificate(
        subject=certificate.subject.rfc4514_string(),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        expires=_expiry(certificate),
    )


def _expiry(certificate: x509.Certificate) -> datetime:
    # The attribute without a time zone is going, the one with it is not everywhere yet.
    if hasattr(certificate, 'not_valid_after_utc'):
        return certificate.not_valid_after_utc
    return certificate.not_valid_after.replace(tzinfo=timezone.utc)
