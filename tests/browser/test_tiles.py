"""What stands on the tiles of the wall: readable on every screen, and never over one another."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visitor
from tests.browser.pages import give
from tests.pictures import jpeg
from tests.serving import Served
from tests.ugc_hub.licensing.rows import clear
from tests.workers.media import clips

SEEN = """(tile) => {
  const box = (name) => tile.querySelector(name)?.getBoundingClientRect();
  const [whole, badge, rights] = [box(".tile-picture"), box(".tile-badge"), box(".tile-rights")];
  const words = tile.querySelector(".tile-rights .clip");
  const whole_words = words.scrollWidth <= words.clientWidth;
  const inside = (one) => one.left >= whole.left && one.right <= whole.right && one.bottom <= whole.bottom;
  const apart = !badge || badge.left >= rights.right || badge.top >= rights.bottom;
  return [words.textContent, whole_words, apart && inside(rights) && inside(badge ?? rights)];
}"""


@pytest.fixture(scope="module")
def wall(site: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An upright video and a photo, by the channels in which they may be used, as a tile says them."""
    path = tmp_path_factory.mktemp("tiles") / "upright.mp4"
    video = give(site, clips.pattern(path, *clips.X264, size="180x320", seconds=3.0).read_bytes(), "upright.mp4")
    photo = give(site, jpeg(900, 600, 91), "tile.jpg")
    clear(site.hub, video, channels=["paid_social"])
    clear(site.hub, photo, channels=["email", "website"])
    return {video: "Paid social", photo: "E-mail, website"}


@pytest.mark.parametrize("width", [360, 1280])
def test_rights_on_a_tile_are_readable_beside_what_a_video_lasts(
    visit: Visitor, wall: dict[str, str], width: int
) -> None:
    someone = visit("viewer", viewport={"width": width, "height": 900})
    someone.go("/")
    for asset, words in wall.items():
        tile = someone.page.locator(f".tile[data-asset='{asset}']")
        assert tile.evaluate(SEEN) == [words, True, True]
