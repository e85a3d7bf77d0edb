"""A private certificate authority, and servers that it vouches for."""

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """A private certificate authority, as the Russian Trusted CA is to certifi.

    :param parent: Who vouches for it; None for a root.
    """

    def __init__(self, name='Private Root CA', parent: 'Authority | None' = None):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._certificate = (parent or self)._sign(self._name, self._key, is_authority=True)
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def server_context(self, folder: Path, **options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.issue(folder, **options))
        return context

    def issue(self, folder: Path, host='127.0.0.1', days=1, sent_along=()) -> Path:
        """Write a server's key and certificate into a PEM file.

        :param days: Until it expires; negative if it has.
        :param sent_along: The authorities whose certificates the server sends with its own.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._sign(name, key, host=host, days=days)
        chain = folder / 'server.pem'
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
            + b''.join(authority.pem.encode() for authority in sent_along)
        )
        return chain

    def _sign(self, name, key, *, is_authority=False, host=None, days=1):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509
            .CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=2))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    key_cert_sign=is_authority,
                    crl_sign=is_authority,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )
        if host:
            address = (
                x509.IPAddress(ipaddress.ip_address(host))
                if host[0].isdigit()
                else x509.DNSName(host)
            )
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        return builder.sign(self._key, hashes.SHA256())
