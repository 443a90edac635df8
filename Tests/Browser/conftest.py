"""Fixtures: one browser, one shop that tests share, people who use it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

import chromium
from person import Person
from stripe_stand_in import StripeStandIn
from ticketing_up import TicketingUp

#: For whatever a page has to do, on a busy machine too. Seconds.
PATIENCE = 30

Enter = Callable[..., Person]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TicketingUp]:
    """Whatever a test sells there, others see."""
    shop = TicketingUp(tmp_path_factory.mktemp("shop"))
    yield shop
    shop.end()


@pytest.fixture(scope="module")
def start_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., TicketingUp]]:
    """Starts shops with an environment of their own; they are stopped after the module."""
    shops: list[TicketingUp] = []

    def start(**environment: str) -> TicketingUp:
        shops.append(TicketingUp(tmp_path_factory.mktemp("shop"), **environment))
        return shops[-1]

    yield start
    for shop in shops:
        shop.end()


@pytest.fixture
def stripe() -> Iterator[StripeStandIn]:
    stand_in = StripeStandIn()
    yield stand_in
    stand_in.stop()


@contextmanager
def crowd(browser: Browser, shop: TicketingUp) -> Iterator[Enter]:
    """Gives somebody a browser of their own, in `shop` or in another one. Afterwards nothing may have gone wrong in it that
    was not announced."""
    people: list[Person] = []

    def enter(name: str, shop: TicketingUp = shop, **options: object) -> Person:
        people.append(Person(browser, shop, name, **options))
        people[-1].context.set_default_timeout(PATIENCE * 1000)
        return people[-1]

    yield enter
    problems = []
    for person in people:
        person.context.close()
        problems += [f"{person.name}: {problem}" for problem in person.watch.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def enter(browser: Browser, shop: TicketingUp) -> Iterator[Enter]:
    with crowd(browser, shop) as enter:
        yield enter


@pytest.fixture
def seller(enter: Enter) -> Person:
    return enter("seller").join()


@pytest.fixture
def buyer(enter: Enter) -> Person:
    return enter("buyer").join()
