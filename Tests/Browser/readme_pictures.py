"""Takes the README's pictures anew: .venv/bin/python -m pytest Tests/Browser/readme_pictures.py"""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from conftest import Enter
from looks import Look, put_on
from person import Person
from ticketing_up import TicketingUp

_FOLDER = Path(__file__).resolve().parents[2] / "Sources/Edge/Storefront/Docs"

_TICKETS = [
    ("Museum night, two persons", "24"),
    ("String quartet, row 4", "38.50"),
    ("Comedy club, Friday", "19.90"),
    ("Derby, north stand", "55"),
    ("Opera: Carmen, balcony", "120"),
    ("Film festival, day pass", "45"),
    ("Jazz at the harbour", "32"),
    ("Symphony No. 9, parquet", "89"),
]


@pytest.fixture
def people(enter: Enter, start_shop: Callable[..., TicketingUp]) -> tuple[Person, Person]:
    """A seller and a buyer in a shop of their own."""
    shop = start_shop()
    return enter("seller", shop).join("ann@example.com"), enter("buyer", shop).join("bob@example.com")


def test_take_pictures(people: tuple[Person, Person]) -> None:
    seller, buyer = people
    tickets = [seller.offer(title, price) for title, price in _TICKETS]
    take(buyer.open("/"), "landing", Look(1000, 600, "light"))
    take(buyer.open(tickets[-1]), "ticket", Look(1000, 420, "light"))
    buyer.buy()
    expect(buyer.page.locator("[data-countdown]")).to_have_text("14:58")
    take(buyer.page, "order", Look(1000, 900, "dark"))


def take(page: Page, name: str, look: Look) -> None:
    """As few colours as nobody misses, and so a small file."""
    put_on(page, look)
    picture = Image.open(io.BytesIO(page.screenshot()))
    _FOLDER.mkdir(exist_ok=True)
    picture.convert("RGB").quantize(192, dither=Image.Dither.NONE).save(_FOLDER / f"{name}.png", optimize=True)
