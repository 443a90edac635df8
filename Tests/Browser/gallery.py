"""Every page in each of its states."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from conftest import Enter
from person import DECLINED_CARD, Person

#: As long as a title may be, in words of which none fits a phone.
LONGEST_TITLE = f"{'Donaudampfschifffahrt' * 3} {'W' * 60} {'Philharmonic Orchestra ' * 4}"[:200].strip()


class Gallery:
    """The people and what they own, made once; each method opens a page."""

    def __init__(self, enter: Enter) -> None:
        self.visitor = enter("visitor")
        self.seller, self.buyer = enter("seller").join(), enter("buyer").join()
        self.newcomer = enter("newcomer").join()
        for number in range(51):
            self.seller.offer(f"Chamber music, seat {number + 1}", "12.50")
        self.seller.offer(LONGEST_TITLE, "999999.99")
        self.ticket = self.seller.offer("Concert", "50")
        self.reserved = self.seller.offer("Opera, row 1", "75")
        self.open_order = self.buyer.reserve(self.reserved)
        self.paid_order = self.buyer.reserve(self.seller.offer("Jazz night", "30"))
        self.buyer.pay_for(self.paid_order)
        self.cancelled_order = self.buyer.reserve(self.seller.offer("Marathon", "1234.5"))
        self.buyer.cancel(self.cancelled_order)
        self.long_order = self.buyer.reserve(self.seller.offer(LONGEST_TITLE, "999999.99"))

    def landing(self) -> Page:
        page = self.visitor.open("/")
        expect(page.get_by_role("link", name="Older tickets")).to_be_visible()
        return page

    def landing_signed_in(self) -> Page:
        return self.buyer.open("/")

    def landing_later(self) -> Page:
        page = self.landing()
        page.get_by_role("link", name="Older tickets").click()
        expect(page.get_by_role("link", name="Newest")).to_be_visible()
        return page

    def sign_up(self) -> Page:
        return self.visitor.open("/auth/signup")

    def sign_up_refused(self) -> Page:
        page = self.sign_up()
        with self.visitor.refusal(400):
            self.visitor.email = "not an address"
            self.visitor.fill_account("Sign up", password="short")
            expect(page.locator("#email-error")).to_be_visible()
        return page

    def sign_in(self) -> Page:
        return self.visitor.open("/auth/signin")

    def sign_in_refused(self) -> Page:
        page = self.sign_in()
        with self.visitor.refusal(400):
            self.visitor.email = "nobody@example.com"
            self.visitor.fill_account("Sign in")
            expect(page.get_by_role("alert")).to_be_visible()
        return page

    def sell(self) -> Page:
        return self.seller.open("/tickets/new")

    def sell_refused(self) -> Page:
        page = self.sell()
        with self.seller.refusal(400):
            self.seller.fill_ticket("", "12,5")
            page.get_by_role("main").get_by_role("button").click()
            expect(page.locator("#title-error")).to_be_visible()
        return page

    def edit(self) -> Page:
        return self.seller.open(f"{self.ticket}/edit")

    def ticket_to_visitor(self) -> Page:
        return self.visitor.open(self.ticket)

    def ticket_to_buyer(self) -> Page:
        return self.buyer.open(self.ticket)

    def ticket_to_owner(self) -> Page:
        return self.seller.open(self.ticket)

    def ticket_reserved(self) -> Page:
        return self.visitor.open(self.reserved)

    def own_tickets(self) -> Page:
        page = self.seller.open("/tickets/mine")
        expect(page.get_by_text("Sold").first).to_be_visible()
        return page

    def own_tickets_empty(self) -> Page:
        return self.newcomer.open("/tickets/mine")

    def orders(self) -> Page:
        page = self.buyer.open("/orders")
        expect(page.get_by_text("Paid")).to_be_visible()
        return page

    def orders_empty(self) -> Page:
        return self.newcomer.open("/orders")

    def order(self) -> Page:
        return self._order(self.open_order, "Reserved")

    def order_long(self) -> Page:
        return self._order(self.long_order, "Reserved")

    def order_declined(self) -> Page:
        page = self.order()
        with self.buyer.refusal(400):
            self.buyer.pay(DECLINED_CARD)
            expect(page.get_by_role("alert")).to_be_visible()
        return page

    def order_paid(self) -> Page:
        return self._order(self.paid_order, "Paid")

    def order_cancelled(self) -> Page:
        return self._order(self.cancelled_order, "Cancelled")

    def order_of_another(self) -> Page:
        return self._refused(self.newcomer, self.paid_order, 403)

    def not_found(self) -> Page:
        return self._refused(self.visitor, "/nothing", 404)

    def _order(self, path: str, status: str) -> Page:
        page = self.buyer.open(path)
        self.buyer.sees_status(status)
        return page

    def _refused(self, person: Person, path: str, status: int) -> Page:
        with person.refusal(status):
            return person.open(path)


#: By the names of their pictures.
PAGES: dict[str, Callable[[Gallery], Page]] = {
    name.replace("_", "-"): method
    for name, method in vars(Gallery).items()
    if callable(method) and not name.startswith("_")
}
