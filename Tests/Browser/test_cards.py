"""The card forms: the sandbox's, and Stripe's own field. Card numbers stay in the browser."""

import re
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from conftest import Enter
from looks import check_every_look
from person import Person
from process import Process
from ticketing_up import TicketingUp

#: Stripe.js as far as pages may use it, with a card field that is no frame. Which card it is decides what it stands for.
STRIPE_JS = """
window.Stripe = (key) => ({
  elements: () => ({
    create: () => {
      const listeners = {};
      const field = Object.assign(document.createElement("input"), {ariaLabel: "Card", key});
      return {
        field,
        on: (name, listener) => (listeners[name] = listener),
        mount: (place) => { place.append(field); setTimeout(() => listeners.ready?.({}), 50); },
        focus: () => field.focus(),
      };
    },
  }),
  createToken: async ({field}) => ({
    "4242424242424242": {token: {id: "pm_card_visa"}},
    "4000000000000341": {token: {id: "pm_card_chargeCustomerFail"}},
  })[field.value] ?? {error: {message: "Your card number is incomplete."}},
});
"""


@pytest.fixture
def localstripe() -> Iterator[str]:
    """The address of somebody else's idea of Stripe."""
    server = Process(
        [sys.executable, "-m", "localstripe", "--from-scratch", "--port", "0"], environment={"PYTHONUNBUFFERED": "1"}
    )
    try:
        found = re.search(r"Running on http://\S+:(\d+)", server.line(0))
        assert found, f"it says: {server.line(0)}"
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        server.stop()


def bodies(page: Page) -> list[str]:
    """What the page sends from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    return sent


def test_a_card_is_paid_with_by_stripes_own_field(
    enter: Enter, start_shop: Callable[..., TicketingUp], localstripe: str
) -> None:
    shop = start_shop(STRIPE_KEY="sk_test_12345", STRIPE_PUBLISHABLE_KEY="pk_test_12345", STRIPE_API_BASE=localstripe)
    seller, buyer = enter("seller", shop).join(), enter("buyer", shop).join()
    buyer.context.route(
        "https://js.stripe.com/**", lambda route: route.fulfill(body=STRIPE_JS, content_type="text/javascript")
    )
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
