"""Seals what is known of a person under a key of that person, which is itself sealed by the hub's secret.

Destroying the key makes every copy of the data unreadable at once, those in backups and logs included. AES-256-GCM
with a fresh nonce in front; the id of the key is bound in, so that data cannot be moved to another person.

The library is loaded with the first person: it takes 7 MB in each process, and most never see one.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.errors import BadSettings
from ugc_hub.hub import Hub
from ugc_hub.models import DataKey

_NONCE_BYTES = 12
_KEY_BYTES = 32


def new_key(hub: Hub, session: Session) -> DataKey:
    """Make the key of one person in the caller's transaction."""
    key_id = hub.new_id("key")
    key = DataKey(
        id=key_id, created_at=hub.now(), sealed=_encrypt(_master(hub), secrets.token_bytes(_KEY_BYTES), key_id)
    )
    session.add(key)
    session.flush()
    return key


def seal(hub: Hub, key: DataKey, plain: dict[str, Any]) -> bytes:
    """Return JSON values sealed under a key.

    Raises:
        ValueError: the key was destroyed.
    """
    return _encrypt(_open(hub, key), json.dumps(plain, ensure_ascii=False).encode(), key.id)


def unseal(hub: Hub, key: DataKey, data: bytes) -> dict[str, Any] | None:
    """Return what was sealed, or None where the key was destroyed.

    Raises:
        BadSettings: the hub's secret is another one than when it was sealed.
    """
    if key.sealed is None:
        return None
    plain: dict[str, Any] = json.loads(_decrypt(_open(hub, key), data, key.id))
    return plain


def destroy(hub: Hub, key: DataKey) -> None:
    """Destroy a key for good; doing it twice changes nothing."""
    if key.sealed is not None:
        key.sealed, key.destroyed_at = None, hub.now()


def _master(hub: Hub) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"ugc-hub data keys").derive(hub.secret)


def _open(hub: Hub, key: DataKey) -> bytes:
    if key.sealed is None:
        raise ValueError("The key was destroyed.")
    return _decrypt(_master(hub), key.sealed, key.id)


def _encrypt(key: bytes, plain: bytes, bound: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound.encode())


def _decrypt(key: bytes, data: bytes, bound: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], bound.encode())
    except InvalidTag as error:
        raise BadSettings(
            "Personal data cannot be opened: the secret of this hub is another one than when they were sealed. "
            "Bring back secret_key, or the file `secret` of the data folder, from a backup."
        ) from error
