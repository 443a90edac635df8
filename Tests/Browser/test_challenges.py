"""3-D Secure: the card holder is asked before money moves, in the sandbox and by Stripe, with scripts and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import stripe_stand_in
from conftest import Enter
from looks import check_every_look
from person import CHALLENGED_CARD, Person
from stripe_stand_in import StripeStandIn
from ticketing_up import TicketingUp

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False])


def asked(enter: Enter, seller: Person, scripts: bool, price: str) -> tuple[Person, str]:
    """A buyer before the sandbox's challenge, and the order's page."""
    buyer = enter("buyer", java_script_enabled=scripts).join()
    order = buyer.reserve(seller.offer("Who is it?", price))
    buyer.open(order)
    buyer.pay(CHALLENGED_CARD)
    expect(buyer.heading("Confirm the payment")).to_be_visible()
    return buyer, order


def addresses(person: Person) -> list[str]:
    """Those that the browser asks for from now on."""
    seen: list[str] = []
    person.context.on("request", lambda request: seen.append(request.url))
    return seen


@with_and_without_scripts
def test_a_completed_challenge_pays(enter: Enter, seller: Person, shop: TicketingUp, scripts: bool) -> None:
    buyer, order = asked(enter, seller, scripts, "12.50")
    seen = addresses(buyer)
    assert shop.charges(order) == []
    if scripts:
        check_every_look(buyer.page, "challenge")
    buyer.button("Complete").click()
    buyer.sees_status("Paid")
    assert shop.charges(order) == [1250]
    assert buyer.path == order
    # Nothing is left to be confirmed.
    buyer.open(f"{order}/challenge")
    buyer.sees_status("Paid")
    assert seen and not any("secret" in url for url in seen)


@with_and_without_scripts
def test_a_failed_challenge_says_so_and_another_card_pays(
    enter: Enter, seller: Person, shop: TicketingUp, scripts: bool
) -> None:
    buyer, order = asked(enter, seller, scripts, "13")
    # A double click says it once and no other thing.
    buyer.button("Fail").dblclick()
    buyer.sees_status("Reserved")
    expect(buyer.page.get_by_role("alert")).to_contain_text("not confirmed, so nothing was charged")
    # A reload sends nothing again.
    buyer.page.reload()
    expect(buyer.page.get_by_role("alert")).to_contain_text("not confirmed, so nothing was charged")
    if scripts:
        check_every_look(buyer.page, "order-challenge-failed")
    assert shop.charges(order) == []
    buyer.pay()
    buyer.sees_status("Paid")
    expect(buyer.page.get_by_role("alert")).to_have_count(0)
    assert shop.charges(order) == [1300]


@with_and_without_scripts
def test_who_leaves_comes_back_to_the_challenge(
    enter: Enter, seller: Person, shop: TicketingUp, scripts: bool
) -> None:
    buyer, order = asked(enter, seller, scripts, "14")
    # What only takes posts leads to the order's page.
    for path in (f"{order}/pay", f"{order}/cancel", order):
        buyer.open(path)
        assert buyer.path == order
        buyer.sees_status("Confirming")
    if scripts:
        check_every_look(buyer.page, "order-confirming")
    buyer.link("Go on with the payment").click()
    expect(buyer.heading("Confirm the payment")).to_be_visible()
    buyer.page.reload()
    buyer.button("Complete").click()
    buyer.sees_status("Paid")
    assert shop.charges(order) == [1400]


def test_a_challenge_in_two_windows_charges_once(enter: Enter, seller: Person, shop: TicketingUp) -> None:
    buyer, order = asked(enter, seller, True, "16")
    other = buyer.context.new_page()
    other.goto(f"{order}/challenge")
    other.get_by_role("button", name="Complete").click()
    buyer.sees_status("Paid", other)
    buyer.button("Complete").click()
    buyer.sees_status("Paid")
    assert shop.charges(order) == [1600]


def test_it_is_nobody_elses(enter: Enter, seller: Person, shop: TicketingUp) -> None:
    _, order = asked(enter, seller, True, "15")
    rival = enter("rival").join()
    with rival.refusal(403):
        rival.open(f"{order}/challenge")
        expect(rival.page.get_by_text("This belongs to another account.")).to_be_visible()
    assert shop.charges(order) == []


@pytest.mark.parametrize("answer", ["Confirm", "Refuse"])
def test_stripe_asks_in_the_page(
    enter: Enter, start_shop: Callable[..., TicketingUp], stripe: StripeStandIn, answer: str
) -> None:
    shop = start_shop(**stripe.environment)
    seller, buyer = enter("seller", shop).join(), enter("buyer", shop).join()
    stripe.serve(buyer.context)
    page = buyer.open(buyer.reserve(seller.offer("By Stripe")))
    seen = addresses(buyer)
    page.get_by_label("Card").fill(stripe_stand_in.CHALLENGED_CARD)
    buyer.pay_button.click()
    expect(buyer.button("Confirm")).to_be_visible()
    # Somebody else's window, perhaps: the page is come back to.
    page.reload()
    buyer.sees_status("Confirming")
    buyer.link("Go on with the payment").click()
    buyer.button(answer).click()
    if answer == "Refuse":
        buyer.sees_status("Reserved")
        expect(page.get_by_role("alert").filter(has_text="nothing was charged")).to_be_visible()
        page.get_by_label("Card").fill("4242424242424242")
        buyer.pay_button.click()
    buyer.sees_status("Paid")
    assert seen and not any("secret" in url for url in seen)


@pytest.mark.parametrize("signed_in", [True, False])
def test_what_stripe_adds_to_the_address_goes_no_further(
    signed_in: bool, enter: Enter, buyer: Person, seller: Person
) -> None:
    order = buyer.reserve(seller.offer("Sent back"))
    person = buyer if signed_in else enter("signed-out")
    seen = addresses(person)
    person.open(f"{order}?payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2&redirect_status=succeeded")
    person.page.wait_for_url(f"**{order}*" if signed_in else f"**/auth/signin?next={order}")
    assert "secret" not in person.page.url
    assert [url for url in seen if "pi_1" in url] == seen[:1]
