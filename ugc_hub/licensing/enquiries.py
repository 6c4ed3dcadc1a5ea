"""Whether a creator wants to be asked for licences by others, and where: their wish, which no page may make up."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM, Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Creator

LONGEST_ADDRESS = 2000


def set_enquiries(hub: Hub, actor: Actor, creator_id: str, address: str) -> str:
    """Keep where a creator wants to be asked for licences, as they told the brand; empty: nowhere.

    Raises:
        Forbidden: the actor may not edit creators.
        Invalid: it is no address of the web.
        NotFound: there is no such creator.
    """
    require(actor, "creator.edit")
    with hub.database.write() as session:
        return wish(hub, session, creator_id, address, by=actor)


def wish(hub: Hub, session: Session, creator_id: str, address: str, *, by: Actor = SYSTEM) -> str:
    """Keep the same in the caller's transaction, which knows that it is the creator's own wish.

    Raises: as `set_enquiries`.
    """
    url = address.strip()
    if url:
        check_address("enquiries_url", url)
    creator = session.get(Creator, creator_id)
    if creator is None:
        raise NotFound("There is no such creator.")
    if creator.enquiries_url != url:
        creator.enquiries_url = url
        # Without the address: what names a person must be erasable, and the audit is not.
        record(session, hub.now(), "creator.enquiries", creator.id, actor=by.user_id, wanted=bool(url))
    return url


def enquiries_of(session: Session, asset_id: str, asked: str) -> str:
    """Return where a page may send whoever wants a licence of an asset; `asked` is what the page would like to say.

    Of what nobody is known to have made the page decides, because then the brand says so for itself.

    Raises:
        Invalid: the page names an address, and the creator wants no enquiries.
    """
    asset = session.get(Asset, asset_id)
    creator = session.get(Creator, asset.creator_id) if asset and asset.creator_id else None
    if creator is None:
        return asked
    if asked and not creator.enquiries_url:
        words = "The creator has not said that they want enquiries. Leave the address out, or ask them first."
        raise Invalid(words, extra={"field": "enquiries_url"})
    return asked or creator.enquiries_url


def check_address(field: str, address: str) -> None:
    """Return nothing for a whole address of the web.

    Raises:
        Invalid: it is none, or too long.
    """
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and len(address) <= LONGEST_ADDRESS
    except ValueError:
        whole = False
    if not whole or not address.isprintable() or " " in address:
        raise Invalid("Give a whole address, such as https://shop.example/hero.jpg.", extra={"field": field})
