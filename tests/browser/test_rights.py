"""Rights as somebody at a browser meets them: ask, answer, write a grant and read it back, add its proof."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.pages import give, granted
from tests.pictures import jpeg
from tests.serving import Served
from ugc_hub import licensing
from ugc_hub.licensing import Use
from ugc_hub.models import Grant


def test_a_grant_is_written_read_back_and_put_into_force_by_its_proof(
    visit: Visitor, site: Served, tmp_path: Path
) -> None:
    asset = give(site, jpeg(900, 700, 501), "harbour.jpg", creator="ana")
    someone = visit()
    page = someone.page
    someone.go(f"/assets/{asset}")
    page.get_by_role("link", name="Add a grant").first.click()
    sentence = page.locator("#sentence")
    expect(sentence).to_be_visible()
    page.wait_for_load_state()  # what the fields do is done by scripts
    page.get_by_role("checkbox", name="E-mail").check()
    page.get_by_role("searchbox", name="Search a country").fill("portu")
    expect(page.get_by_role("checkbox", name="Afghanistan")).to_be_hidden()
    page.get_by_role("checkbox", name="Portugal").check()
    page.get_by_role("checkbox", name="Cropping").check()
    page.get_by_label("First day").fill("2020-05-01")
    page.get_by_label("Last day").fill("2090-10-31")
    expect(sentence).to_contain_text("no time zone")
    page.get_by_label("Time zone").fill("Europe/Lisbon")
    page.get_by_label("Signed on").fill("2020-04-01")
    expect(sentence).to_contain_text(
        "@ana allows the brand to use one asset in e-mail, in Portugal, from 1 May 2020 until 31 Oct 2090, "
        "cropping allowed."
    )
    page.get_by_role("button", name="Add the grant").click()
    expect(page.get_by_text("Nothing is allowed by it yet")).to_be_visible()
    (tmp_path / "reply.txt").write_text("#yesBrand", "utf-8")
    page.get_by_label("Add a proof").set_input_files(tmp_path / "reply.txt")
    page.get_by_role("button", name="Add it and put the grant into force").click()
    expect(page.get_by_role("heading", name="Grant In force")).to_be_visible()
    expect(page.get_by_text("#yesBrand")).to_be_visible()
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_role("heading", name="Grant In force")).to_be_visible()


def test_why_not_is_answered_on_the_page_and_leads_to_the_questions(visit: Visitor, site: Served) -> None:
    asset = give(site, jpeg(900, 700, 502), "island.jpg")
    granted(site, asset)
    someone = visit()
    page = someone.page
    someone.go(f"/assets/{asset}")
    page.locator("select[name=channel]").select_option("email")
    page.locator("select[name=territory]").select_option("DE")
    page.get_by_role("button", name="Ask").click()
    answer = page.locator("#why-answer")
    expect(answer).to_contain_text("Not allowed.")
    expect(answer).to_contain_text("has not been reviewed yet")
    answer.get_by_role("link", name="Answer on this page").first.click()
    page.get_by_label("How was it made?").select_option("digitalCapture")
    page.locator("select[name=people_state]").select_option("none")
    page.locator("select[name=property_state]").select_option("none")
    page.locator("select[name=music]").select_option("none")
    page.get_by_role("button", name="Save the answers").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Rights Approved")).to_be_visible()
    expect(page.get_by_text("Only in").first).to_be_visible()
    with site.hub.database.read() as session:
        assert licensing.ask(site.hub, session, asset, Use("email", ("DE",))).allowed
        assert not licensing.ask(site.hub, session, asset, Use("email", ("FR",))).allowed


def test_selected_assets_are_cleared_together(visit: Visitor, site: Served) -> None:
    assets = [give(site, jpeg(900, 700, 503 + n), f"many-{n}.jpg", campaign="Many") for n in range(2)]
    someone = visit()
    page = someone.page
    someone.go("/?campaign=Many")
    for one in assets:
        page.locator(f'[data-select][value="{one}"]').check(force=True)
    page.get_by_role("button", name="Rights").click()
    expect(page.get_by_role("heading", name="No grants yet")).to_be_visible()
    page.get_by_role("link", name="Add a grant").first.click()
    expect(page.get_by_text("For 2 assets")).to_be_visible()
    grant = granted(site, *assets)
    someone.go(f"/grants?asset={assets[0]}&asset={assets[1]}")
    page.locator(f'[name="grant"][value="{grant}"]').check()
    page.get_by_role("button", name="Revoke the chosen").click()
    expect(page.get_by_text("Grants of 2 assets").first).to_be_visible()
    with site.hub.database.read() as session:
        assert session.get_one(Grant, grant).revoked
