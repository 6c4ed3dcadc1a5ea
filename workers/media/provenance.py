"""Content Credentials (C2PA): read as claims, and written into copies that leave the house.

Needs the optional package `c2pa-python` (extra `c2pa`); without it nothing is read and nothing can be signed. The
library is told never to use the network, and to add no thumbnails (one made a file of 38 KB weigh 835). Originals are
opened only in the child process of `sandbox`; `sign` takes files that the hub made itself.
"""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.media.errors import MediaError
from workers.media.shapes import Provenance

PACKAGE = "c2pa"
SIGNED_TYPES = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp", "image/avif", "image/heic", "image/gif", "image/tiff"),
        *("video/mp4", "video/quicktime"),
    }
)
"""What the library can sign; WebM it cannot."""
_SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}
_MOST_CHARACTERS = 300
_MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Credentials:
    """What signs: a certificate chain and its key in PEM, the leaf first, with the C2PA name of the algorithm."""

    chain: bytes
    key: bytes
    algorithm: str = "es256"
    timestamp_url: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What is said of one copy: the actions that made it, in order, and further assertions by label."""

    title: str
    generator: str
    actions: Sequence[str] = ()
    assertions: Mapping[str, Any] = field(default_factory=dict)
    remote_url: str | None = None
    """Where the manifest will lie; the file then holds only this address."""


@dataclass(frozen=True)
class Signed:
    """The signed file, and its manifest, which has to be kept where it is remote."""

    data: bytes
    manifest: bytes


def available() -> bool:
    """Tell whether Content Credentials can be read and written here."""
    return importlib.util.find_spec(PACKAGE) is not None


def _context() -> Any:
    import c2pa

    return c2pa.Context(c2pa.Settings.from_dict(_SETTINGS))


def read(path: Path, media_type: str) -> Provenance | None:
    """Return what the credentials in a file claim; None where there are none, or nothing that reads them.

    Credentials that cannot be read are `Invalid`, with the library's words as the problem.
    """
    if not available():
        return None
    import c2pa

    try:
        with path.open("rb") as file:
            reader = c2pa.Reader(media_type, file, context=_context())
            state = reader.get_validation_state()
            report = json.loads(reader.json())
    except c2pa.C2paError as error:
        if isinstance(error, c2pa.C2paError.ManifestNotFound):
            return None
        return Provenance("Invalid", problems=(_short(str(error)),))
    return _claims(str(state or "Invalid"), report)


def _claims(state: str, report: dict[str, Any]) -> Provenance:
    manifests = report.get("manifests") or {}
    active = manifests.get(report.get("active_manifest")) or {}
    signature = active.get("signature_info") or {}
    makers = active.get("claim_generator_info") or [{}]
    mining: dict[str, str] = {}
    for data in _assertions(active, "cawg.training-mining"):
        entries = data.get("entries") or {}
        mining |= {_short(str(name)): _short(str(entry.get("use"))) for name, entry in list(entries.items())[:10]}
    actions = [
        action
        for label in ("c2pa.actions", "c2pa.actions.v2")
        for data in _assertions(active, label)
        for action in data.get("actions") or []
    ]
    sources = (_short(str(action["digitalSourceType"])) for action in actions if action.get("digitalSourceType"))
    return Provenance(
        state=state,
        problems=tuple(dict.fromkeys(_short(str(one.get("code"))) for one in report.get("validation_status") or []))[
            :_MOST_PROBLEMS
        ],
        issuer=_text(signature.get("issuer")),
        generator=_text(makers[0].get("name")),
        signed_at=_text(signature.get("time")),
        source_types=tuple(dict.fromkeys(sources))[:5],
        ingredients=len(active.get("ingredients") or []),
        mining=mining,
    )


def _assertions(manifest: dict[str, Any], label: str) -> Iterator[dict[str, Any]]:
    for assertion in manifest.get("assertions") or []:
        if assertion.get("label") == label and isinstance(assertion.get("data"), dict):
            yield assertion["data"]


def _text(value: object) -> str | None:
    return _short(value) if isinstance(value, str) and value.strip() else None


def _short(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:_MOST_CHARACTERS]


def ingredient(path: Path, media_type: str, *, instance: str, title: str) -> bytes:
    """Return an original as an ingredient that its copies can be signed with, without opening it again.

    Raises `MediaError` (`credentials_failed`) where the library cannot read it.
    """
    import c2pa

    described = {"title": title, "relationship": "parentOf", "instance_id": instance}
    archive = io.BytesIO()
    try:
        builder = c2pa.Builder({"claim_generator_info": [{"name": title}]}, _context())
        builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
        with path.open("rb") as file:
            builder.add_ingredient(described, media_type, file)
        builder.write_ingredient_archive(instance, archive)
    except c2pa.C2paError as error:
        raise _failed(error) from error
    return archive.getvalue()


def sign(data: bytes, media_type: str, *, parent: bytes, manifest: Manifest, credentials: Credentials) -> Signed:
    """Return a copy with Content Credentials, signed last of all: any later change of the file breaks them.

    `parent` is what `ingredient` returned for the original. Raises `MediaError` (`credentials_failed`).
    """
    import c2pa

    described = {
        "title": manifest.title,
        "claim_generator_info": [{"name": manifest.generator}],
        "assertions": [{"label": label, "data": content} for label, content in manifest.assertions.items()],
    }
    made = io.BytesIO()
    try:
        signer = c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(
                credentials.algorithm, credentials.chain, credentials.key, credentials.timestamp_url or None
            )
        )
        builder = c2pa.Builder(described, _context())
        builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
        builder.add_ingredient_from_archive(io.BytesIO(parent))
        for action in manifest.actions:
            builder.add_action({"action": action})
        if manifest.remote_url is not None:
            builder.set_no_embed()
            builder.set_remote_url(manifest.remote_url)
        raw = builder.sign(signer, media_type, io.BytesIO(data), made)
    except (c2pa.C2paError, ValueError, TypeError) as error:
        raise _failed(error) from error
    return Signed(made.getvalue(), bytes(raw))


def _failed(error: Exception) -> MediaError:
    return MediaError("Content Credentials could not be written.", code="credentials_failed", detail=str(error))
