"""Two people in two browsers sell and buy a ticket."""

from playwright.sync_api import expect

from conftest import Enter
from person import DECLINED_CARD, Person
from ticketing_up import TicketingUp
from watch import is_marked, mark


def test_two_people_sell_and_buy(enter: Enter, shop: TicketingUp) -> None:
    seller, buyer = enter("seller"), enter("buyer")
    seller.sign_up()
    ticket = seller.sell("Concert for two", "1234.5")
    expect(seller.page.get_by_text("$1,234.50")).to_be_visible()

    buyer.open("/")
    buyer.ticket_link("Concert for two").click()
    buyer.link("Sign in to buy").click()
    buyer.page.get_by_role("main").get_by_role("link", name="Sign up").click()
    buyer.fill_account("Sign up")
    expect(buyer.page).to_have_url(shop.url + ticket)
    order = buyer.buy()
    buyer.sees_status("Reserved")
    assert shop.charges(order) == []
    buyer.pay()
    buyer.sees_status("Paid")
    expect(buyer.page.get_by_text("Receipt number")).to_be_visible()
    expect(buyer.pay_button).to_be_hidden()
    assert shop.charges(order) == [123450]

    buyer.link("My orders").first.click()
    expect(buyer.page.get_by_role("main").get_by_role("link", name="Concert for two")).to_contain_text("Paid")


def test_an_order_changes_in_every_window_that_shows_it(buyer: Person, seller: Person) -> None:
    order = buyer.reserve(seller.offer("In two windows"))
    other = buyer.context.new_page()
    for page in (buyer.open(order), other):
        page.goto(order)
        mark(page)
        buyer.sees_status("Reserved", page)
    buyer.pay()
    for page in (buyer.page, other):
        buyer.sees_status("Paid", page)
        buyer.hears("Paid The ticket is yours.", page)
        expect(page.get_by_text("Receipt number")).to_be_visible()
        assert is_marked(page), "the page was reloaded"


def test_the_list_changes_while_others_look_at_it(enter: Enter, buyer: Person, seller: Person) -> None:
    ticket = seller.offer("Here and gone")
    onlooker = enter("onlooker")
    onlooker.open("/")
    mark(onlooker.page)
    expect(onlooker.ticket_link("Here and gone")).to_be_visible()
    buyer.open(ticket)
    order = buyer.buy()
    expect(onlooker.ticket_link("Here and gone")).to_be_hidden()
    buyer.button("Cancel the order").click()
    expect(onlooker.ticket_link("Here and gone")).to_be_visible()
    seller.offer("New to the list")
    expect(onlooker.ticket_link("New to the list")).to_be_visible()
    assert is_marked(onlooker.page), "the page was reloaded"
    assert not onlooker.shop.charges(order)


def test_a_declined_card_can_be_followed_by_another(buyer: Person, seller: Person, shop: TicketingUp) -> None:
    order = buyer.reserve(seller.offer("Second try", "12.50"))
    buyer.open(order)
    with buyer.refusal(400):
        buyer.pay(DECLINED_CARD)
        expect(buyer.page.get_by_role("alert")).to_have_text("Your card was declined.")
    # The page learns that the order is open again, and still says why.
    buyer.sees_status("Reserved")
    expect(buyer.pay_button).to_be_visible()
    expect(buyer.page.get_by_role("alert")).to_have_text("Your card was declined.")
    assert shop.charges(order) == []
    buyer.pay()
    buyer.sees_status("Paid")
    expect(buyer.page.get_by_role("alert")).to_have_count(0)
    assert shop.charges(order) == [1250]


def test_a_double_click_pays_once(buyer: Person, seller: Person, shop: TicketingUp) -> None:
    order = buyer.reserve(seller.offer("Clicked twice", "20"))
    buyer.open(order)
    buyer.pay_button.dblclick()
    buyer.sees_status("Paid")
    assert shop.charges(order) == [2000]


def test_a_double_click_orders_once(buyer: Person, seller: Person) -> None:
    buyer.open(seller.offer("Ordered twice"))
    buyer.button("Buy").dblclick()
    buyer.sees_status("Reserved")
    assert len(buyer.orders()) == 1


def test_a_cancelled_order_frees_the_ticket(enter: Enter, buyer: Person, seller: Person, shop: TicketingUp) -> None:
    ticket = seller.offer("Given back")
    rival = enter("rival").join()
    buyer.open(ticket)
    order = buyer.buy()
    rival.open(ticket)
    expect(rival.button("Buy")).to_be_hidden()
    buyer.button("Cancel the order").click()
    buyer.sees_status("Cancelled")
    expect(buyer.pay_button).to_be_hidden()
    assert shop.charges(order) == []
    expect(buyer.link("See the ticket again")).to_have_attribute("href", ticket)
    rival.open(ticket)
    rival.buy()
    rival.pay()
    rival.sees_status("Paid")


def test_a_page_that_the_browser_kept_is_loaded_anew(buyer: Person, seller: Person) -> None:
    buyer.open(seller.offer("Seen before"))
    with buyer.page.expect_event("load"):
        buyer.page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})) }")
    buyer.buy()
    buyer.sees_status("Reserved")


def test_of_two_buyers_one_is_told_that_the_ticket_is_taken(enter: Enter, buyer: Person, seller: Person) -> None:
    ticket = seller.offer("Wanted by two")
    # Without scripts: with them the page would have stopped to offer it.
    late = enter("late", java_script_enabled=False).join()
    late.open(ticket)
    expect(late.button("Buy")).to_be_visible()
    buyer.reserve(ticket)
    with late.refusal(400):
        late.button("Buy").click()
        expect(late.page.get_by_role("alert")).to_have_text("Ticket is already reserved")
    expect(late.button("Buy")).to_be_hidden()
