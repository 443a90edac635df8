"""Pages for what is not there, and for when something does not work."""

from collections.abc import Callable

from playwright.sync_api import expect

from conftest import Enter
from looks import check_every_look
from ticketing_up import TicketingUp


def test_an_address_that_leads_nowhere_is_explained(enter: Enter) -> None:
    visitor = enter("visitor")
    for path in ("/nothing/here", "/tickets/01M85CVE1YQZ0CG08NZ9ENRRNN", "/tickets/x"):
        with visitor.refusal(404):
            visitor.open(path)
            expect(visitor.heading("Not found")).to_be_visible()
    visitor.link("See the tickets").click()
    expect(visitor.heading("Tickets")).to_be_visible()


def test_a_shop_that_lost_its_store_says_so_and_comes_back(
    enter: Enter, start_shop: Callable[..., TicketingUp]
) -> None:
    shop = start_shop()
    visitor = enter("visitor", shop)
    with shop.without_redis(), visitor.refusal(503):
        visitor.open("/")
        expect(visitor.heading("Out of order")).to_be_visible()
        expect(visitor.page.get_by_text("Try again in a minute.")).to_be_visible()
        check_every_look(visitor.page, "out-of-order")
    visitor.open("/")
    expect(visitor.heading("Tickets")).to_be_visible()
