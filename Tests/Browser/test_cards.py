"""The card forms: the sandbox's, and Stripe's own field. Card numbers stay in the browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from conftest import Enter
from looks import check_every_look
from person import Person
from stripe_stand_in import StripeStandIn
from ticketing_up import TicketingUp

def bodies(page: Page) -> list[str]:
    """What the page sends from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    return sent


def test_a_card_is_paid_with_by_stripes_own_field(
    enter: Enter, start_shop: Callable[..., TicketingUp], stripe: StripeStandIn
) -> None:
    shop = start_shop(**stripe.environment)
    seller, buyer = enter("seller", shop).join(), enter("buyer", shop).join()
    stripe.serve(buyer.context)
    page = buyer.open(buyer.reserve(seller.offer("By Stripe")))
    sent = bodies(page)
    check_every_look(page, "order-stripe")
    buyer.pay_button.click()
    expect(page.get_by_role("alert")).to_have_text("Your card number is incomplete.")
    assert not any("token" in body for body in sent)

    with buyer.refusal(400):
        page.get_by_label("Card").fill("4000000000000341")
        buyer.pay_button.click()
        expect(page.get_by_role("alert")).to_contain_text("declined")
    page.get_by_label("Card").fill("4242424242424242")
    buyer.pay_button.click()
    buyer.sees_status("Paid")
    assert any("pm_card_visa" in body for body in sent)
    assert not any("4242" in body or "0341" in body for body in sent)


def test_the_sandboxs_form_knows_its_cards_only(buyer: Person, seller: Person) -> None:
    page = buyer.open(buyer.reserve(seller.offer("By a known card")))
    sent = bodies(page)
    number, expiry = page.get_by_label("Card number"), page.get_by_label("Expires")
    number.fill("5555 5555 5555 4444")
    expiry.fill("01 / 20")
    buyer.pay_button.click()
    expect(number).to_be_focused()
    expect(number).to_have_accessible_description(re.compile("only the test cards"))
    expect(expiry).to_have_accessible_description("The card has expired")
    check_every_look(page, "order-card-refused")
    assert not any("token" in body for body in sent)
    page.get_by_role("radio", name="4242").check()
    expect(number).to_have_value("4242 4242 4242 4242")
    expect(number).to_have_accessible_description("")
    buyer.pay_button.click()
    buyer.sees_status("Paid")
    assert any("token=tok_visa" in body for body in sent)
    assert not any("4242" in body for body in sent)
