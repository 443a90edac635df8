"""The shop where JavaScript is off: every page works by forms and links."""

import pytest
from playwright.sync_api import expect

from conftest import Enter
from person import DECLINED_CARD, Person
from ticketing_up import TicketingUp


@pytest.fixture
def plain_buyer(enter: Enter) -> Person:
    return enter("plain-buyer", java_script_enabled=False)


def test_a_ticket_is_sold_and_bought(enter: Enter, plain_buyer: Person, shop: TicketingUp) -> None:
    seller = enter("plain-seller", java_script_enabled=False)
    seller.sign_up()
    with seller.refusal(400):
        seller.open("/tickets/new")
        seller.fill_ticket("By hand", "free")
        seller.page.get_by_role("main").get_by_role("button").click()
        expect(seller.page.get_by_label("Price")).to_have_accessible_description("Price must be a number")
    expect(seller.page.get_by_label("Title")).to_have_value("By hand")
    ticket = seller.sell("By hand", "9.99")

    buyer = plain_buyer
    buyer.open("/")
    buyer.ticket_link("By hand").click()
    buyer.link("Sign in to buy").click()
    buyer.page.get_by_role("main").get_by_role("link", name="Sign up").click()
    buyer.fill_account("Sign up")
    expect(buyer.page).to_have_url(shop.url + ticket)
    order = buyer.buy()
    with buyer.refusal(400):
        buyer.pay(DECLINED_CARD)
        expect(buyer.page.get_by_role("alert")).to_have_text("Your card was declined.")
    buyer.pay()
    # Where the order's answer is still due, the page asks again by itself.
    buyer.sees_status("Paid")
    assert shop.charges(order) == [999]
    buyer.button("Sign out").click()
    expect(buyer.page).to_have_url(f"{shop.url}/")


def test_an_order_is_cancelled(plain_buyer: Person, seller: Person) -> None:
    order = plain_buyer.join().reserve(seller.offer("Not wanted"))
    plain_buyer.open(order)
    plain_buyer.button("Cancel the order").click()
    plain_buyer.sees_status("Cancelled")


def test_a_double_click_pays_once(plain_buyer: Person, seller: Person, shop: TicketingUp) -> None:
    order = plain_buyer.join().reserve(seller.offer("Clicked twice by hand", "30"))
    plain_buyer.open(order)
    plain_buyer.pay_button.dblclick()
    plain_buyer.sees_status("Paid")
    assert shop.charges(order) == [3000]
