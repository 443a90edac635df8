"""What a ticket is called stays text, wherever it is shown; and the alarm that all tests rely on works."""

import pytest
from playwright.sync_api import expect

from conftest import Enter
from person import Person

TITLES = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{csrf}} & &lt;b&gt; '"]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_shown_as_text_everywhere(title: str, enter: Enter, seller: Person, buyer: Person) -> None:
    ticket = seller.offer(title)
    visitor = enter("visitor")
    places = [(visitor, "/"), (visitor, ticket), (seller, ticket), (buyer, ticket)]
    for person, path in places:
        person.open(path)
        expect(person.page.get_by_text(title, exact=True).first).to_be_visible()
    assert title in visitor.open(ticket).title()
    seller.open(f"{ticket}/edit")
    expect(seller.page.get_by_label("Title")).to_have_value(title)
    order = buyer.reserve(ticket)
    for path in (order, "/orders"):
        buyer.open(path)
        expect(buyer.page.get_by_text(title, exact=True).first).to_be_visible()
    buyer.open(order)
    buyer.pay()
    buyer.sees_status("Paid")
    expect(buyer.heading(title)).to_be_visible()
    for person in (visitor, seller, buyer):
        assert person.page.locator("main script, main img").count() == 0


def test_what_was_typed_wrongly_is_shown_as_text(enter: Enter) -> None:
    user = enter("user")
    user.email = TITLES[1]
    user.open(f"/auth/signin?next={TITLES[1]}")
    with user.refusal(400):
        user.fill_account("Sign in")
        expect(user.page.get_by_role("alert").or_(user.page.locator(".is-invalid")).first).to_be_visible()
    expect(user.page.get_by_label("Email")).to_have_value(TITLES[1])
    assert user.page.locator("main img").count() == 0


@pytest.mark.parametrize(
    "trouble",
    [
        "setTimeout(() => { throw new Error('thrown') })",
        "console.error('said')",
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))",
        "document.body.append(Object.assign(document.createElement('img'), {src: 'https://example.com/x.png'}))",
        "fetch('/static/0/nothing')",
        "alert(1)",
    ],
)
def test_the_watch_notices(trouble: str, enter: Enter) -> None:
    visitor = enter("visitor")
    page = visitor.open("/")
    page.evaluate(f"() => {{ {trouble} }}")
    for _ in range(300):
        page.wait_for_timeout(100)
        if visitor.watch.problems:
            break
    assert visitor.watch.problems, "nobody noticed"
    visitor.watch.problems.clear()
