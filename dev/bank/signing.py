"""How the older gateway signs a notification.

Source: the vendor's documentation of callback notifications. The parameters that are sent,
without ``checksum`` and ``sign_alias``, are sorted by name in code-point order and written as
``name;value;name;value;``. Over that text goes

* symmetric: HMAC with SHA-256 under the shop's key, as upper-case hex;
* asymmetric: an RSA PKCS #1 v1.5 signature with SHA-512, as upper-case hex.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

_UNSIGNED = frozenset({'checksum', 'sign_alias'})


def canonical(parameters: Mapping[str, str]) -> str:
    """The text that is signed. Empty values stay: ``name;;``."""
    names = sorted(name for name in parameters if name not in _UNSIGNED)
    return ''.join(f'{name};{parameters[name]};' for name in names)


def symmetric_checksum(parameters: Mapping[str, str], key: str) -> str:
    """HMAC-SHA256 of the canonical text, 64 upper-case hex digits.

    :raise ValueError: an empty key signs nothing, anybody could compute it.
    """
    if not key:
        raise ValueError("The key of a symmetric signature must not be empty.")
    digest = hmac.new(key.encode(), canonical(parameters).encode(), hashlib.sha256)
    return digest.hexdigest().upper()


class KeyPair:
    """The bank's key pair for one shop, with the certificate that the shop is given."""

    def __init__(self, common_name: str):
        self._private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._certificate = self._certify(common_name)

    def checksum(self, parameters: Mapping[str, str]) -> str:
        """RSA signature (SHA512withRSA) of the canonical text, in upper-case hex."""
        signature = self._private_key.sign(
            canonical(parameters).encode(), padding.PKCS1v15(), hashes.SHA512()
        )
        return signature.hex().upper()

    @property
    def certificate(self) -> str:
        """The certificate in PEM."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def public_key(self) -> str:
        """The public key in PEM."""
        return (
            self._private_key
            .public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def _certify(self, common_name: str) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])
        now = datetime.now(timezone.utc)
        return (
            x509
            .CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._private_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=3650))
            .sign(self._private_key, hashes.SHA256())
        )
