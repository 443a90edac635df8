"""A ticket is bought with the keyboard alone."""

from playwright.sync_api import Page, expect

from conftest import Enter
from person import PASSWORD, Person
from ticketing_up import TicketingUp

#: What the focused element is called, and whether one can see that it is focused.
_FOCUS = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const name = element.labels?.length ? element.labels[0].innerText : element.innerText || element.value || "";
  return {
    isNothing: element === document.body,
    name: name.trim().replace(/\\s+/g, " "),
    isVisible: box.width > 1 && box.height > 1 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight,
    isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none",
  };
}"""


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until what is called `name` has the focus. On the way, too, the focus must be seen."""
    passed = []
    for _ in range(80):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        if focus["isNothing"]:  # Between the page's end and its start.
            continue
        passed.append(focus["name"])
        assert focus["isMarked"], f"nothing shows the focus: {focus}"
        wait_until_visible(page)
        if focus["name"].startswith(name):
            return
    raise AssertionError(f"Tab does not lead to {name!r}, only to {passed}")


def wait_until_visible(page: Page) -> None:
    """The page may scroll there smoothly."""
    for _ in range(300):
        focus = page.evaluate(_FOCUS)
        if focus["isVisible"]:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the focus is out of sight: {focus}")


def test_a_ticket_is_bought_by_keyboard(enter: Enter, seller: Person, shop: TicketingUp) -> None:
    ticket = seller.offer("By keyboard", "15")
    buyer = enter("buyer")
    page = buyer.open("/")
    keyboard = page.keyboard
    tab_to(page, "Skip to the content")
    keyboard.press("Enter")
    tab_to(page, "By keyboard")
    keyboard.press("Enter")
    expect(buyer.heading("By keyboard")).to_be_visible()
    tab_to(page, "Sign in to buy")
    keyboard.press("Enter")
    expect(buyer.heading("Sign in")).to_be_visible()
    tab_to(page, "Skip to the content")
    keyboard.press("Enter")
    tab_to(page, "Sign up")
    keyboard.press("Enter")
    expect(buyer.heading("Sign up")).to_be_visible()
    tab_to(page, "Email")
    keyboard.type(buyer.email)
    tab_to(page, "Password")
    with buyer.refusal(400):
        keyboard.type("short")
        keyboard.press("Enter")
        # What is wrong has the focus.
        expect(page.locator("#password-error")).to_be_visible()
        expect(page.get_by_label("Password")).to_be_focused()
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(page).to_have_url(shop.url + ticket)
    tab_to(page, "Buy")
    keyboard.press("Enter")
    buyer.sees_status("Reserved")
    order = buyer.path
    tab_to(page, "4242")
    with buyer.refusal(400):
        keyboard.press("ArrowDown")
        tab_to(page, "Pay $15.00")
        keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    # Whoever goes on is beside the cards to choose from, not back at the top of the page.
    expect(page.get_by_label("Card number")).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(page.get_by_role("radio", name="4000 0000 0000 0002")).to_be_focused()
    keyboard.press("ArrowUp")
    tab_to(page, "Pay $15.00")
    keyboard.press("Space")
    buyer.sees_status("Paid")
    assert shop.charges(order) == [1500]
    tab_to(page, "My orders")


def test_a_ticket_is_sold_by_keyboard(seller: Person) -> None:
    page = seller.open("/")
    tab_to(page, "Sell a ticket")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title")).to_be_visible()
    tab_to(page, "Title")
    page.keyboard.type("Typed")
    tab_to(page, "Price")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(seller.heading("Typed")).to_be_visible()
    tab_to(page, "Edit")
