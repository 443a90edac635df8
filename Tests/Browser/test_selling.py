"""What a seller does: sell, mend what was wrong in the form, edit."""

from playwright.sync_api import expect

from conftest import Enter
from person import TICKET, Person
from watch import is_marked, mark


def test_a_ticket_is_sold_edited_and_found(enter: Enter, seller: Person) -> None:
    seller.open("/")
    ticket = seller.sell("Opera", "75")
    expect(seller.page.get_by_text("$75.00")).to_be_visible()
    expect(seller.button("Buy")).to_have_count(0)
    seller.link("Edit").click()
    expect(seller.page.get_by_label("Title")).to_have_value("Opera")
    expect(seller.page.get_by_label("Price")).to_have_value("75.00")
    seller.fill_ticket("Opera, row 1", "80.5")
    seller.page.get_by_role("main").get_by_role("button").click()
    expect(seller.heading("Opera, row 1")).to_be_visible()
    assert seller.path == ticket

    visitor = enter("visitor")
    visitor.open("/")
    visitor.ticket_link("Opera, row 1").click()
    expect(visitor.page.get_by_text("$80.50")).to_be_visible()


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(seller: Person) -> None:
    seller.open("/tickets/new")
    mark(seller.page)
    with seller.refusal(400):
        seller.fill_ticket("", "12,5")
        seller.page.get_by_role("main").get_by_role("button").click()
        title, price = seller.page.get_by_label("Title"), seller.page.get_by_label("Price")
        expect(title).to_have_accessible_description("Title is required")
    expect(title).to_be_focused()
    expect(price).to_have_value("12,5")
    expect(price).to_have_accessible_description("Price must be a number")
    assert is_marked(seller.page), "the page was reloaded"
    seller.fill_ticket("Mended", "12.5")
    seller.page.get_by_role("main").get_by_role("button").click()
    expect(seller.page).to_have_url(TICKET)
    expect(seller.page.get_by_text("$12.50")).to_be_visible()


def test_a_reserved_ticket_is_not_offered_to_be_edited(seller: Person, buyer: Person) -> None:
    ticket = seller.offer("Spoken for")
    seller.open(ticket)
    expect(seller.link("Edit")).to_be_visible()
    buyer.reserve(ticket)
    seller.await_reserved(ticket)
    with seller.refusal(400):
        seller.open(f"{ticket}/edit")
        seller.fill_ticket("Dearer", "500")
        seller.page.get_by_role("main").get_by_role("button").click()
        expect(seller.page.get_by_role("alert")).to_be_visible()
    seller.open(ticket)
    expect(seller.heading("Spoken for")).to_be_visible()
    expect(seller.link("Edit")).to_have_count(0)


def test_only_the_owner_edits(seller: Person, buyer: Person) -> None:
    ticket = seller.offer("Not yours")
    buyer.open(ticket)
    expect(buyer.link("Edit")).to_have_count(0)
    with buyer.refusal(403):
        buyer.open(f"{ticket}/edit")
        expect(buyer.page.get_by_text("This belongs to another account.")).to_be_visible()
