"""Which certificate authorities are trusted: the usual ones, and those that are added to them.

The bank's hosts use certificates of the Russian Trusted CA (НУЦ Минцифры), which neither Mozilla
nor `certifi` lists, and some still use a public one. So the bundle is a union.
"""

import hashlib
import ssl
import tempfile
from pathlib import Path

import certifi

from .wording import _lt

__all__ = ['build_ca_bundle', 'ca_bundle_file']


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
    bundle = build_ca_bundle(extra_pem)
    path = Path(directory) / f'{hashlib.sha256(bundle).hexdigest()}.pem'
    if path.exists():
        return str(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as unfinished:
        unfinished.write(bundle)
    Path(unfinished.name).replace(path)
    return str(path)
