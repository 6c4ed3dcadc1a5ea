"""The index does not hold what lies in the trash, and holds it again when it is restored."""

from __future__ import annotations

from tests.ugc_hub.rows import asset_row
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Change, Selection
from ugc_hub.catalog.documents import documents
from ugc_hub.hub import Hub


def test_what_lies_in_the_trash_has_no_document_until_it_is_restored(hub: Hub) -> None:
    kept, gone = asset_row(hub, "kept.jpg"), asset_row(hub, "gone.jpg")

    def held() -> set[str]:
        with hub.database.read() as session:
            return {one.id for one in documents(hub, session, [kept, gone])}

    made = catalog.edit_many(hub, SYSTEM, Selection((gone,)), Change(trash=True))
    assert held() == {kept}
    catalog.undo(hub, SYSTEM, made.id)
    assert held() == {kept, gone}
