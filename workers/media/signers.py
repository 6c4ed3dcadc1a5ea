"""Checks what is to sign Content Credentials, before anything is signed with it (C2PA 2.2, section 14.5)."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from workers.media.provenance import Credentials

CURVES = {"es256": "secp256r1", "es384": "secp384r1", "es512": "secp521r1"}
LEAST_RSA_BITS = 2048
PURPOSES = {
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
    x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1"),
}
"""E-mail protection, document signing, and C2PA claim signing."""


def check(credentials: Credentials, now: datetime) -> None:
    """Make sure that the chain and the key can sign.

    Raises `ValueError` with a sentence: one is not PEM, the key is not the leaf's or not of the algorithm, the leaf is
    an authority, made for something else or out of its time, or the chain is in the wrong order.
    """
    try:
        chain = x509.load_pem_x509_certificates(credentials.chain)
    except ValueError as error:
        raise ValueError("the chain holds no certificates in PEM.") from error
    try:
        key = load_pem_private_key(credentials.key, password=None)
    except (TypeError, ValueError) as error:
        raise ValueError("the key is no private key in PEM without a password.") from error
    leaf = chain[0]
    if _raw(key.public_key()) != _raw(leaf.public_key()):
        raise ValueError("the key does not belong to the first certificate of the chain.")
    if not _fits(key, credentials.algorithm):
        raise ValueError(f"the key cannot sign with c2pa_algorithm {credentials.algorithm}.")
    _check_leaf(leaf, now)
    for lower, upper in pairwise(chain):
        if lower.issuer != upper.subject:
            raise ValueError("the chain is out of order: each certificate is followed by the one that issued it.")


def _raw(key: object) -> bytes:
    raw: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return raw


def _fits(key: object, algorithm: str) -> bool:
    if algorithm in CURVES:
        return isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == CURVES[algorithm]
    if algorithm == "ed25519":
        return isinstance(key, ed25519.Ed25519PrivateKey)
    return isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS


def _check_leaf(leaf: x509.Certificate, now: datetime) -> None:
    if not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        words = f"{leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d}"
        raise ValueError(f"the first certificate is valid from {words} only.")
    try:
        if leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise ValueError("the first certificate is an authority; the leaf that signs comes first.")
    except x509.ExtensionNotFound:
        pass
    try:
        purposes = set(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        purposes = set()
    if not purposes & PURPOSES:
        raise ValueError("the first certificate is not made for signing documents, e-mail or C2PA claims.")
