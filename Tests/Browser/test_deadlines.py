"""Orders whose time runs out, and payments whose outcome nobody knows, in front of an open page."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from conftest import Enter
from looks import check_every_look
from ticketing_up import TicketingUp
from watch import is_marked, mark

#: Long enough to open two pages on a busy machine.
WINDOW = 8

_PAY = """(orderId) => {
  fetch("/api/payments", {
    method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({orderId, token: "tok_visa"}),
  });
}"""


def test_an_order_expires_in_front_of_its_page(enter: Enter, start_shop: Callable[..., TicketingUp]) -> None:
    shop = start_shop(EXPIRATION_WINDOW_SECONDS=str(WINDOW))
    seller, buyer = enter("seller", shop).join(), enter("buyer", shop).join()
    plain = enter("plain", shop, java_script_enabled=False).join()
    first, second = seller.offer("Too late"), seller.offer("Too late without scripts")
    plain_order = plain.reserve(second)
    buyer.open(first)
    buyer.buy()
    mark(buyer.page)
    plain.open(plain_order)
    countdown = buyer.page.locator("[data-countdown]")
    expect(countdown).not_to_have_text(countdown.inner_text())

    buyer.sees_status("Expired")
    buyer.hears("The time to pay is over. Nothing was charged.")
    expect(buyer.pay_button).to_be_hidden()
    assert is_marked(buyer.page), "the page was reloaded"
    plain.sees_status("Expired")
    expect(plain.pay_button).to_be_hidden()

    rival = enter("rival", shop).join()
    rival.open("/")
    rival.ticket_link("Too late").first.click()
    expect(rival.button("Buy")).to_be_visible()
    check_every_look(buyer.page, "order-expired")


@pytest.fixture
def silent_stripe() -> Iterator[str]:
    """The address of a Stripe that fails whatever it is asked: nobody can know what it did before."""

    class Fail(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(500)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Fail) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_unknown_outcome_is_being_confirmed_until_it_is_known(
    enter: Enter, start_shop: Callable[..., TicketingUp], silent_stripe: str
) -> None:
    shop = start_shop(STRIPE_KEY="sk_test_x", STRIPE_API_BASE=silent_stripe, PAYMENT_HOLD_MAX_SECONDS="6")
    seller, buyer = enter("seller", shop).join(), enter("buyer", shop).join()
    order = buyer.reserve(seller.offer("Who knows"))
    buyer.open(order)
    buyer.sees_status("Reserved")
    mark(buyer.page)
    # Elsewhere, because the one who asks waits for the outcome as long as there is hope.
    elsewhere = buyer.context.new_page()
    elsewhere.goto("/")
    with buyer.refusal(400), elsewhere.expect_response("**/api/payments"):
        elsewhere.evaluate(_PAY, order.removeprefix("/orders/"))
        buyer.sees_status("Confirming")
        buyer.hears("The payment is being confirmed.")
        expect(buyer.pay_button).to_be_hidden()
        buyer.sees_status("Cancelled")
    buyer.hears("could not be confirmed in time")
    assert is_marked(buyer.page), "the page was reloaded"
