"""Custom presets: every version is kept, the newest counts, wrong fields are named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import cleared, free_row
from tests.workers.media.pictures import exiftool
from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import CustomPreset
from ugc_hub.presets import UnknownPreset
from ugc_hub.renditions import all_presets, find_preset, preset_history, save_preset, withdraw_preset

ID = "custom.teaser"
SHOP = StatedUse("website")
BODY = {"id": ID, "name": "Teaser", "channel": "web", "width": 300, "height": 200}


def test_a_custom_preset_is_found_and_makes_renditions(hub: Hub) -> None:
    saved = save_preset(hub, SYSTEM, BODY)
    assert find_preset(hub, ID) == saved == all_presets(hub)[ID]
    outcome = renditions.request(hub, SYSTEM, free_row(hub), [ID], stated=SHOP)[0]
    view = renditions.get(hub, SYSTEM, outcome.renditions[0])
    assert (view.width, view.height, view.presets) == (300, 200, (ID,))


def test_a_tiff_for_print_leaves_with_its_type_its_name_and_its_rights(
    hub: Hub, send: Callable[..., str], tmp_path: Path
) -> None:
    body = {"id": "custom.flyer", "name": "Flyer", "channel": "print", "width": 160, "height": 120, "format": "tiff"}
    save_preset(hub, SYSTEM, body)
    asset = cleared(hub, send(jpeg(320, 240), creator="ana"))
    outcome = renditions.request(hub, SYSTEM, asset, ["custom.flyer"], stated=StatedUse("print"))[0]
    view = renditions.get(hub, SYSTEM, outcome.renditions[0])
    finish(hub, [view.job_id or 0])
    file, answer = renditions.take(hub, SYSTEM, view.id, stated=StatedUse("print"))
    assert file.media_type == "image/tiff"
    assert file.download_name.endswith("_custom.flyer_160x120.tif")
    assert file.data is not None
    path = tmp_path / "flyer.tif"
    path.write_bytes(file.data)
    tags = exiftool(path)
    assert tags["XMP-plus:LicenseeTransactionID"] == answer.usage_id
    assert tags["IFD0:Artist"] == tags["XMP-dc:Creator"] == "@ana"
    with Image.open(path) as shown:
        assert (shown.format, shown.mode, shown.size, shown.info["dpi"]) == ("TIFF", "RGB", (160, 120), (300, 300))


def test_a_quality_that_changes_nothing_is_refused_of_new_presets_and_kept_ones_go_on(hub: Hub) -> None:
    for format_name in ("png", "gif", "tiff"):
        idle = {**BODY, "format": format_name, "quality": 60, "min_quality": 50}
        with pytest.raises(Invalid) as refused:
            save_preset(hub, SYSTEM, idle)
        assert set(refused.value.extra["fields"]) == {"quality", "min_quality"}
        assert f"a {format_name.upper()} comes out the same at every" in refused.value.extra["fields"]["quality"]
    with hub.database.write() as session:
        session.add(CustomPreset(id=ID, version=1, body=idle, created_at=hub.now(), created_by=None))
    assert find_preset(hub, ID).recipes[0].format == "tiff"
    assert save_preset(hub, SYSTEM, {**BODY, "format": "tiff"}).recipes[0].version == 2


def test_a_change_is_a_new_version_and_nothing_is_overwritten(hub: Hub) -> None:
    save_preset(hub, SYSTEM, BODY)
    save_preset(hub, SYSTEM, {**BODY, "width": 400, "version": 77})
    history = preset_history(hub, SYSTEM, ID)
    assert [(entry.version, entry.body and entry.body["width"]) for entry in history] == [(2, 400), (1, 300)]
    assert find_preset(hub, ID).target.size.width == 400


def test_another_version_is_another_file(hub: Hub) -> None:
    asset_id = free_row(hub)
    save_preset(hub, SYSTEM, BODY)
    first = renditions.request(hub, SYSTEM, asset_id, [ID], stated=SHOP)[0].renditions
    save_preset(hub, SYSTEM, {**BODY, "quality": 50})
    assert renditions.request(hub, SYSTEM, asset_id, [ID], stated=SHOP)[0].renditions != first


def test_a_withdrawn_preset_is_gone_but_not_forgotten_and_can_come_back(hub: Hub) -> None:
    save_preset(hub, SYSTEM, BODY)
    withdraw_preset(hub, SYSTEM, ID)
    assert ID not in all_presets(hub)
    for missing in (lambda: find_preset(hub, ID), lambda: withdraw_preset(hub, SYSTEM, ID)):
        with pytest.raises(UnknownPreset) as caught:
            missing()
        assert caught.value.code == "unknown_preset"
    assert [entry.body is None for entry in preset_history(hub, SYSTEM, ID)] == [True, False]
    save_preset(hub, SYSTEM, BODY)
    assert [entry.version for entry in preset_history(hub, SYSTEM, ID)] == [3, 2, 1]
    assert ID in all_presets(hub)


def test_every_wrong_field_is_named_at_once_and_nothing_is_kept(hub: Hub) -> None:
    with pytest.raises(Invalid) as caught:
        save_preset(hub, SYSTEM, {"id": "meta.feed", "name": "", "channel": "tv", "width": 0, "colour": "red"})
    assert caught.value.code == "invalid_preset"
    assert set(caught.value.extra["fields"]) == {"id", "name", "channel", "width", "colour"}
    with pytest.raises(NotFound):
        preset_history(hub, SYSTEM, "meta.feed")


def test_presets_of_the_catalogue_cannot_be_withdrawn(hub: Hub) -> None:
    with pytest.raises(NotFound):
        withdraw_preset(hub, SYSTEM, "web.srcset.w640")


def test_only_those_who_may_keep_presets_do(hub: Hub) -> None:
    viewer = Actor("usr_v", "viewer")
    for act in (lambda: save_preset(hub, viewer, BODY), lambda: withdraw_preset(hub, viewer, ID)):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Forbidden):
        preset_history(hub, Actor("usr_c", "creator", creator_id="crt_1"), ID)


def test_changes_at_once_are_versions_in_a_row(hub: Hub) -> None:
    gate = threading.Barrier(6)

    def one(number: int) -> None:
        gate.wait()
        save_preset(hub, SYSTEM, {**BODY, "width": 300 + number})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    assert [entry.version for entry in preset_history(hub, SYSTEM, ID)] == [6, 5, 4, 3, 2, 1]
