"""The certificate with which the nodes of one Tau know each other.

Its Ed25519 key is derived from the server key, which all nodes share, so all of them make the same
certificate, byte for byte. Both ends of a connection show it, and accept no other: neither a name
nor an authority is trusted. It never expires, as the server key doesn't, and as no two clocks need
to agree then.
"""

import datetime
import secrets
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

KEY_PURPOSE = b"tau node"
"""What the key of nodes is derived from the server key for."""
_BEGIN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_END = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)  # RFC 5280: no expiry


class NodeCertificate:
    """The certificate of all nodes that have `key`, 32 bytes derived from the server key."""

    def __init__(self, key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self._certificate = _sign(self._key)

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self._certificate.public_bytes(serialization.Encoding.DER)

    def server_context(self) -> ssl.SSLContext:
        """Return how a node accepts others."""
        context = self._context(ssl.PROTOCOL_TLS_SERVER)
        context.num_tickets = 0  # each connection shows the certificate anew
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return how a node connects to others."""
        return self._context(ssl.PROTOCOL_TLS_CLIENT)

    def _context(self, protocol: int) -> ssl.SSLContext:
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.der)
        self._load_key(context)
        return context

    def _load_key(self, context: ssl.SSLContext) -> None:
        """Give `context` the key. `ssl` reads files only: this one is sealed, and for a moment."""
        password = secrets.token_bytes(32).hex()
        pem = self._certificate.public_bytes(serialization.Encoding.PEM)
        pem += self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode()),
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "node.pem"
            path.write_bytes(pem)
            context.load_cert_chain(path, password=password)


def _sign(key: Ed25519PrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tau node")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_BEGIN)
        .not_valid_after(_END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    return builder.sign(key, algorithm=None)
