"""Content Credentials of copies: signed last, with the original as what they were made of, where a key is configured.

The original is prepared as an ingredient when its renditions are made, in the child process that opens originals; here
only files that the hub made itself are read. A copy that cannot be signed leaves without credentials, and the ledger
says why: credentials prove a copy, they are no condition of its licence.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Rendition
from ugc_hub.rights import Embedding
from workers.media import provenance
from workers.media.errors import MediaError
from workers.media.plans import load_plan
from workers.media.provenance import Manifest

LOG = logging.getLogger("ugc_hub.licensing")
INGREDIENTS = "ingredients/"
GENERATOR = "UGC Hub"
SIGNED, REMOTE = "signed", "remote"
"""The credentials lie in the file; or only their address does, because every byte of an e-mail is loaded by a phone."""
NO_INGREDIENT, NO_ROOM, NO_TYPE, FAILED = "no_ingredient", "over_budget", "not_this_type", "failed"
TELLS_PLACE = "tells_place"
"""Why a copy carries no credentials: its original was not prepared; they would break the byte budget of the placement;
its type cannot carry them; the library could not write them; or the original's own credentials, which go with them and
cannot be changed, say where it was taken."""
_PLACE = b"gpslat"
_EDITED = frozenset(
    {"composite", "trim", "subtitle", "caption_overlay", "logo_overlay", "stitch", "audio_remove", "audio_replace"}
)
"""Edits for which the standard has no action of its own."""
_CONTEXT = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}


@dataclass(frozen=True)
class Order:
    """What the credentials of one copy say."""

    media_type: str
    original_sha256: str
    title: str
    actions: tuple[str, ...] = ()
    assertions: Mapping[str, Any] = field(default_factory=dict)


def ingredient_key(sha256: str) -> str:
    """Return where an original lies as an ingredient of its copies' credentials."""
    return f"{INGREDIENTS}{sha256}"


def order_of(asset: Asset, rendition: Rendition, edits: Collection[str], said: Embedding) -> Order:
    """Return what the credentials of a copy of a rendition say: what was done to the original, and its rights."""
    plan = load_plan(rendition.plan)
    done = {
        "c2pa.cropped": "crop" in edits,
        "c2pa.edited": bool(_EDITED.intersection(edits)),
        "c2pa.resized": (plan.crop.width, plan.crop.height) != (plan.placed.width, plan.placed.height),
        "c2pa.converted": rendition.media_type != asset.media_type,
        "c2pa.published": True,
    }
    assertions = {label: data for label, data in said.assertions.items() if label.startswith("cawg.")}
    fields: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in said.xmp.items()
    }
    licensor = {name: fields.pop(name) for name in ("plus:LicensorName", "plus:LicensorURL") if name in fields}
    if licensor:
        fields["plus:Licensor"] = [licensor]
    prefixes = {name.partition(":")[0] for name in fields}
    context = {prefix: address for prefix, address in _CONTEXT.items() if prefix in prefixes}
    assertions["cawg.metadata"] = {"@context": context, **fields}
    return Order(
        media_type=rendition.media_type,
        original_sha256=asset.sha256,
        title=rendition.id,
        actions=tuple(name for name, is_so in done.items() if is_so),
        assertions=assertions,
    )


@dataclass(frozen=True)
class Credited:
    """A file, what became of its credentials (empty where no key is configured), and a manifest that lies elsewhere."""

    data: bytes
    state: str
    manifest: bytes = b""


def signed(hub: Hub, order: Order, data: bytes, *, limit: int | None, address: str | None = None) -> Credited:
    """Return the file with its credentials, or as it is and why.

    With an `address` the file names only that, and the manifest has to be kept there. A file that its credentials would
    make larger than `limit` bytes stays as it is.
    """
    if hub.credentials is None:
        return Credited(data, "")
    if order.media_type not in provenance.SIGNED_TYPES:
        return Credited(data, NO_TYPE)
    try:
        with hub.storage.open(ingredient_key(order.original_sha256)) as file:
            parent = file.read()
    except NotFound:
        return Credited(data, NO_INGREDIENT)
    manifest = Manifest(order.title, GENERATOR, order.actions, order.assertions, address)
    try:
        made = provenance.sign(data, order.media_type, parent=parent, manifest=manifest, credentials=hub.credentials)
    except MediaError as error:
        if address is not None:  # not every type can name an address
            return signed(hub, order, data, limit=limit)
        LOG.warning("%s %s: %s", order.title, error.message, error.detail)
        return Credited(data, FAILED)
    if _PLACE in made.data.lower() or _PLACE in made.manifest.lower():
        return Credited(data, TELLS_PLACE)
    if limit is not None and len(made.data) > limit:
        return Credited(data, NO_ROOM)
    return Credited(made.data, REMOTE, made.manifest) if address else Credited(made.data, SIGNED)
