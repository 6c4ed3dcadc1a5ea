"""A certificate authority of the tests' own, and a signer that it certifies."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from workers.media.provenance import Credentials


def _name(common: str) -> x509.Name:
    parts = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, "Example Brand"))
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


@functools.cache
def credentials() -> Credentials:
    """Return a chain of two certificates and the key of the leaf, as C2PA asks for them (ES256)."""
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    chain = b"".join(
        _certificate(name, key.public_key(), root, ca=ca).public_bytes(Encoding.PEM)
        for name, key, ca in (("Signer", leaf, False), ("Root", root, True))
    )
    return Credentials(chain, leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _certificate(
    name: str, key: ec.EllipticCurvePublicKey, root: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.Certificate:
    since = datetime(2025, 1, 1, tzinfo=UTC)
    usage = {
        "digital_signature": True,
        "content_commitment": False,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": ca,
        "crl_sign": ca,
        "encipher_only": False,
        "decipher_only": False,
    }
    building = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name("Root"))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=36500))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
    )
    if not ca:
        building = building.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return building.sign(root, SHA256())
