"""Each page in each state: on a phone and on a desktop, in light and in dark, for everybody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from conftest import Enter, crowd
from gallery import PAGES, Gallery
from looks import check_every_look
from ticketing_up import TicketingUp


@pytest.fixture(scope="module")
def gallery(browser: Browser, shop: TicketingUp) -> Iterator[Gallery]:
    with crowd(browser, shop) as enter:
        yield Gallery(enter)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_can_be_used_by_everybody(name: str, gallery: Gallery) -> None:
    check_every_look(PAGES[name](gallery), name)


def test_the_empty_shop_leads_to_selling(enter: Enter, start_shop: object) -> None:
    visitor = enter("visitor", start_shop())  # type: ignore[operator]
    visitor.open("/")
    check_every_look(visitor.page, "landing-empty")
    visitor.link("Sell the first ticket").click()
    expect(visitor.heading("Sign in")).to_be_visible()


def test_who_wants_no_motion_gets_none(gallery: Gallery) -> None:
    page = gallery.order()
    moving = """() => [...document.querySelectorAll("*")].filter((element) => {
        const style = getComputedStyle(element);
        const takesTime = (durations) => durations.split(", ").some((duration) => parseFloat(duration) > 0);
        return takesTime(style.transitionDuration) && style.transitionProperty !== "none"
          || takesTime(style.animationDuration) && style.animationName !== "none";
      }).length"""
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0, "nothing moves anyway"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    page.emulate_media(reduced_motion="no-preference")
