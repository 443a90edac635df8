"""Somebody with a browser of their own, and what people do in the shop."""

import re
import secrets
from contextlib import AbstractContextManager

from playwright.sync_api import Browser, Locator, Page, expect

from patience import wait_until
from ticketing_up import TicketingUp
from watch import Watch

PASSWORD = "correct horse"

#: The sandbox's cards, as its form offers them.
GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
CHALLENGED_CARD = "4000 0000 0000 3220"

#: Where a ticket and an order are shown.
TICKET = re.compile(r"/tickets/[0-9A-Z]{26}$")
ORDER = re.compile(r"/orders/[0-9A-Z]{26}$")


class Person:
    """`page` is the first window; `context` holds the cookies. `options` are Playwright's of a context.

    What is done by the API is what a test needs but is not about."""

    def __init__(self, browser: Browser, shop: TicketingUp, name: str, **options: object) -> None:
        self.shop = shop
        self.name = name
        self.email = f"{name}-{secrets.token_hex(3)}@example.com"
        self.context = browser.new_context(base_url=shop.url, locale="en-US", **options)  # type: ignore[arg-type]
        self.watch = Watch(self.context)
        self.page = self.context.new_page()

    # By the API.

    def join(self, email: str | None = None) -> "Person":
        """Has an account and is signed in."""
        self.email = email or self.email
        self._post("/api/users/signup", email=self.email, password=PASSWORD)
        return self

    def offer(self, title: str, price: str = "50") -> str:
        """Sells a ticket; answers its page, once it can be ordered."""
        ticket = f"/tickets/{self._post('/api/tickets', title=title, price=price)}"
        self.shop.await_on_sale(ticket)
        return ticket

    def edit(self, ticket: str, title: str, price: str) -> None:
        """Changes a ticket, and waits until it is sold so."""
        answer = self.context.request.put(f"/api{ticket}", data={"title": title, "price": price})
        assert answer.status == 200, answer.text()
        self.shop.await_on_sale(ticket, version=answer.json()["version"])

    def await_reserved(self, ticket: str) -> None:
        """Waits until the tickets service, too, has heard of a ticket's order."""
        wait_until(lambda: self.context.request.get(f"/api{ticket}").json()["orderId"], within=20, what=f"{ticket} held")

    def reserve(self, ticket: str) -> str:
        """Orders a ticket; answers the order's page."""
        return f"/orders/{self._post('/api/orders', ticketId=ticket.removeprefix('/tickets/'))}"

    def pay_for(self, order: str) -> None:
        self._post("/api/payments", orderId=order.removeprefix("/orders/"), token="tok_visa")

    def cancel(self, order: str) -> None:
        assert self.context.request.delete(f"/api{order}").status == 204

    def orders(self) -> list[dict[str, object]]:
        return self.context.request.get("/api/orders").json()

    def _post(self, path: str, **body: str) -> str:
        answer = self.context.request.post(path, data=body)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()["id"]

    # In the browser.

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def refusal(self, status: int) -> AbstractContextManager[None]:
        return self.watch.refusal(status)

    def heading(self, text: str) -> Locator:
        return self.page.get_by_role("heading", name=text, exact=True, level=1)

    def button(self, text: str) -> Locator:
        return self.page.get_by_role("button", name=text, exact=True)

    def link(self, text: str) -> Locator:
        return self.page.get_by_role("link", name=text, exact=True)

    def ticket_link(self, title: str) -> Locator:
        """A ticket on the landing page."""
        return self.page.get_by_role("main").get_by_role("link").filter(has_text=title)

    def fill_account(self, button: str, password: str = PASSWORD) -> None:
        """Fills in and sends the form that asks for email and password; `button` is its own."""
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()

    def sign_up(self) -> None:
        self.open("/auth/signup")
        self.fill_account("Sign up")
        expect(self.button("Sign out")).to_be_visible()

    def fill_ticket(self, title: str, price: str) -> None:
        self.page.get_by_label("Title").fill(title)
        self.page.get_by_label("Price").fill(price)

    def sell(self, title: str, price: str) -> str:
        """Sells a ticket through the form; answers its page."""
        self.link("Sell a ticket").click()
        self.fill_ticket(title, price)
        self.page.get_by_role("main").get_by_role("button").click()
        expect(self.heading(title)).to_be_visible()
        expect(self.page).to_have_url(TICKET)
        self.shop.await_on_sale(self.path)
        return self.path

    def buy(self) -> str:
        """Presses Buy on a ticket's page; answers the order's page."""
        self.button("Buy").click()
        expect(self.page).to_have_url(ORDER)
        return self.path

    def pay(self, card: str = GOOD_CARD) -> None:
        """Pays on an order's page."""
        self.page.get_by_role("radio", name=card).check()
        self.pay_button.click()

    @property
    def pay_button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile(r"^Pay \$"))

    def sees_status(self, status: str, page: Page | None = None) -> None:
        """Waits for the order's page to say `status`."""
        expect((page or self.page).locator("[data-news]").get_by_text(status, exact=True)).to_be_visible()

    def hears(self, text: str, page: Page | None = None) -> None:
        """Waits for a screen reader to be told."""
        expect((page or self.page).get_by_role("status")).to_contain_text(text)

    @property
    def path(self) -> str:
        return "/" + self.page.url.split("/", 3)[3]
