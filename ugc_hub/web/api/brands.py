"""Brand kits: their files, and the kits with their history."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ugc_hub import renditions
from ugc_hub.errors import Invalid
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives
from .kits import KitAsk, KitFileAsk, KitFileOut, KitHistory, KitOut, Kits


@blueprint.get("/brands")
@gives(Kits)
@described("Brand kits", "List brand kits")
def list_brands() -> dict[str, Any]:
    """Return the kits in force."""
    return {"items": renditions.all_kits(the_hub(), allowed("brand.view"))}


@blueprint.get("/brands/<kit_id>")
@gives(KitOut)
@described("Brand kits", "One brand kit")
def see_brand(kit_id: str) -> object:
    """Return a kit as it is in force."""
    return renditions.find_kit(the_hub(), allowed("brand.view"), kit_id)


@blueprint.put("/brands/<kit_id>")
@body(KitAsk)
@gives(KitOut)
@described("Brand kits", "Make or change a brand kit")
def save_brand(kit_id: str, body: KitAsk) -> object:
    """Keep a kit, or a new version of it; what was made with older ones stays as it is."""
    actor = allowed("brand.edit")
    return renditions.save_kit(the_hub(), actor, {**body.fields(), "id": kit_id})


@blueprint.delete("/brands/<kit_id>")
@blueprint.output({}, status_code=204)
@described("Brand kits", "Withdraw a brand kit")
def withdraw_brand(kit_id: str) -> str:
    """Take a kit out of use; its history stays."""
    renditions.withdraw_kit(the_hub(), allowed("brand.edit"), kit_id)
    return ""


@blueprint.get("/brands/<kit_id>/history")
@gives(KitHistory)
@described("Brand kits", "All versions of a brand kit")
def brand_history(kit_id: str) -> dict[str, Any]:
    """Return the versions, newest first."""
    return {"items": renditions.kit_history(the_hub(), allowed("brand.view"), kit_id)}


@blueprint.post("/brand-files")
@body(KitFileAsk)
@gives(KitFileOut, 201, "The file is kept")
@described("Brand kits", "Keep a logo or a font")
def keep_brand_file(body: KitFileAsk) -> object:
    """Keep a PNG, TTF or OTF file for kits; larger ones than a body may have are sent by page or command."""
    actor = allowed("brand.edit")
    try:
        data = base64.b64decode(body.data, validate=True)
    except binascii.Error as error:
        raise Invalid("The file is not in base64.", extra={"field": "data"}) from error
    return renditions.keep_file(the_hub(), actor, data)
