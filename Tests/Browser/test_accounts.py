"""Signing up, in and out, and coming back to where one was."""

import re

from playwright.sync_api import expect

from conftest import Enter
from person import PASSWORD, Person
from ticketing_up import TicketingUp
from watch import is_marked, mark


def test_signing_in_leads_back(enter: Enter, seller: Person, shop: TicketingUp) -> None:
    ticket = seller.offer("Worth coming back for")
    user = enter("user").join()
    user.open(ticket)
    user.button("Sign out").click()
    expect(user.page).to_have_url(f"{shop.url}/")
    user.open(ticket)
    user.link("Sign in to buy").click()
    user.fill_account("Sign in")
    expect(user.page).to_have_url(shop.url + ticket)
    expect(user.button("Buy")).to_be_visible()


def test_a_page_that_needs_an_account_is_shown_after_signing_in(enter: Enter, shop: TicketingUp) -> None:
    user = enter("user").join()
    user.context.clear_cookies()
    user.open("/tickets/new")
    expect(user.heading("Sign in")).to_be_visible()
    user.fill_account("Sign in")
    expect(user.page).to_have_url(f"{shop.url}/tickets/new")


def test_a_session_that_ends_meanwhile_costs_no_way(buyer: Person, seller: Person, shop: TicketingUp) -> None:
    ticket = seller.offer("Interrupted")
    buyer.open(ticket)
    buyer.context.clear_cookies(name="session")
    buyer.button("Buy").click()
    expect(buyer.heading("Sign in")).to_be_visible()
    buyer.fill_account("Sign in")
    expect(buyer.page).to_have_url(shop.url + ticket)
    buyer.buy()
    buyer.sees_status("Reserved")


def test_a_wrong_password_is_said_without_a_reload(enter: Enter) -> None:
    user = enter("user").join()
    user.context.clear_cookies()
    user.open("/auth/signin")
    mark(user.page)
    with user.refusal(400):
        user.fill_account("Sign in", password="wrong horse")
        expect(user.page.get_by_role("alert")).to_have_text("Invalid credentials")
    expect(user.page.get_by_label("Email")).to_have_value(user.email)
    expect(user.page.get_by_label("Password")).to_have_value("")
    assert is_marked(user.page), "the page was reloaded"
    user.fill_account("Sign in", PASSWORD)
    expect(user.button("Sign out")).to_be_visible()


def test_what_is_wrong_in_signing_up_stands_beside_the_fields(enter: Enter) -> None:
    user = enter("user")
    user.email = "not an address"
    user.open("/auth/signup")
    with user.refusal(400):
        user.fill_account("Sign up", password="short")
        expect(user.page.get_by_label("Email")).to_have_accessible_description("Email must be valid")
    expect(user.page.get_by_label("Email")).to_be_focused()
    expect(user.page.get_by_label("Email")).to_have_value("not an address")
    expect(user.page.get_by_label("Password")).to_have_accessible_description(re.compile("between 8 and 128"))
