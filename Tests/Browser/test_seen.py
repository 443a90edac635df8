"""What somebody saw is what they buy, and what they edit."""

import pytest
from playwright.sync_api import expect

from conftest import Enter
from looks import check_every_look
from person import PASSWORD, Person
from ticketing_up import TicketingUp

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False])


@with_and_without_scripts
def test_a_price_that_changed_is_shown_and_asked_again(
    enter: Enter, seller: Person, shop: TicketingUp, scripts: bool
) -> None:
    buyer = enter("buyer", java_script_enabled=scripts).join()
    ticket = seller.offer("Dearer by now", "10")
    buyer.open(ticket)
    expect(buyer.page.get_by_text("$10.00")).to_be_visible()
    seller.edit(ticket, "Dearer by now", "99")
    with buyer.refusal(409):
        buyer.button("Buy").click()
        expect(buyer.page.get_by_role("alert")).to_contain_text("changed from $10.00 to $99.00")
    assert buyer.orders() == []
    expect(buyer.page.get_by_text("$99.00", exact=True)).to_be_visible()
    if scripts:
        check_every_look(buyer.page, "ticket-price-changed")
    order = buyer.buy()
    expect(buyer.page.get_by_text("$99.00", exact=True)).to_be_visible()
    buyer.pay()
    buyer.sees_status("Paid")
    assert shop.charges(order) == [9900]


def test_nobody_buys_their_own_ticket(seller: Person) -> None:
    ticket = seller.offer("Mine")
    seller.open(ticket)
    expect(seller.page.get_by_text("This ticket is yours.")).to_be_visible()
    expect(seller.button("Buy")).to_have_count(0)
    by_api = seller.context.request.post("/api/orders", data={"ticketId": ticket.removeprefix("/tickets/")})
    assert by_api.status == 400
    assert by_api.json()["errors"][0]["code"] == "OWN_TICKET"
    csrf = seller.page.locator("input[name=csrf]").first.get_attribute("value")
    by_form = seller.context.request.post(
        f"{ticket}/buy", form={"csrf": csrf or "", "price": "5000", "version": "0"}
    )
    assert by_form.status == 400
    assert "Nobody can buy their own ticket" in by_form.text()
    assert seller.orders() == []


@with_and_without_scripts
@pytest.mark.parametrize("choice", ["Save mine all the same", "Keep it as it is now"])
def test_an_edit_of_what_has_changed_shows_both(enter: Enter, scripts: bool, choice: str) -> None:
    seller = enter("seller", java_script_enabled=scripts).join()
    ticket = seller.offer("Ballet", "50")
    seller.open(f"{ticket}/edit")
    # In another window.
    seller.edit(ticket, "Ballet, row 1", "60")
    seller.fill_ticket("Ballet, row 2", "70")
    with seller.refusal(412):
        seller.button("Save").click()
        expect(seller.page.get_by_role("alert")).to_have_text("The ticket has changed since you opened this page.")
    main = seller.page.get_by_role("main")
    expect(main.get_by_text("Ballet, row 1, $60.00")).to_be_visible()
    expect(main.get_by_text("Ballet, row 2, $70.00")).to_be_visible()
    expect(seller.page.get_by_label("Title")).to_have_value("Ballet, row 2")
    if scripts:
        check_every_look(seller.page, "edit-outdated")
    (seller.button if choice.startswith("Save") else seller.link)(choice).click()
    expect(seller.heading("Ballet, row 2" if choice.startswith("Save") else "Ballet, row 1")).to_be_visible()
    assert seller.path == ticket


def test_who_reserves_and_gives_back_does_not_disturb_an_edit(seller: Person, buyer: Person) -> None:
    ticket = seller.offer("Tried on", "50")
    seller.open(f"{ticket}/edit")
    onlooker = seller.context.new_page()
    onlooker.goto("/")
    listed = onlooker.get_by_role("main").get_by_role("link").filter(has_text="Tried on")
    expect(listed).to_be_visible()
    order = buyer.reserve(ticket)
    expect(listed).to_be_hidden()
    buyer.cancel(order)
    expect(listed).to_be_visible()
    seller.fill_ticket("Tried on", "55")
    seller.button("Save").click()
    expect(seller.page.get_by_text("$55.00")).to_be_visible()
    assert seller.path == ticket


def test_a_button_that_another_account_has_left_buys_nobodys_own_ticket(buyer: Person, seller: Person) -> None:
    ticket = seller.offer("Mine already")
    buyer.open(ticket)
    expect(buyer.button("Buy")).to_be_visible()
    # In another window of the same browser.
    assert buyer.context.request.post("/api/users/signin", data={"email": seller.email, "password": PASSWORD}).ok
    with buyer.refusal(400):
        buyer.button("Buy").click()
        expect(buyer.page.get_by_role("alert")).to_be_visible()
    expect(buyer.page.get_by_text("This ticket is yours.")).to_be_visible()
    expect(buyer.button("Buy")).to_have_count(0)
    assert seller.orders() == []


def test_that_a_ticket_was_reserved_and_freed_is_no_change(enter: Enter, buyer: Person, seller: Person) -> None:
    ticket = seller.offer("As it was")
    late = enter("late", java_script_enabled=False).join()
    late.open(ticket)
    buyer.cancel(buyer.reserve(ticket))
    late.buy()
    late.sees_status("Reserved")


def test_an_edit_of_a_ticket_that_is_reserved_meanwhile_is_refused(buyer: Person, seller: Person) -> None:
    ticket = seller.offer("Taken meanwhile")
    seller.open(f"{ticket}/edit")
    buyer.reserve(ticket)
    seller.await_reserved(ticket)
    seller.fill_ticket("Dearer", "500")
    with seller.refusal(412):
        seller.button("Save").click()
        expect(seller.page.get_by_role("alert")).to_contain_text("cannot be changed")
    seller.open(ticket)
    expect(seller.heading("Taken meanwhile")).to_be_visible()
