"""How a page looks on a phone and on a desktop, in light and in dark, and whether everybody can use it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: Pictures of every page are left here to be looked at.
PICTURES = Path(__file__).resolve().parents[2] / ".screenshots"


@dataclass(frozen=True)
class Look:
    width: int
    height: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


LOOKS = (Look(375, 812, "light"), Look(1280, 800, "light"), Look(1280, 800, "dark"))
#: One of each scheme: it takes longer than all the rest.
CHECKED_BY_AXE = (LOOKS[0], LOOKS[2])


def put_on(page: Page, look: Look) -> None:
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.emulate_media(color_scheme=look.scheme)
    # Colours that change slowly would be seen, and measured, on their way.
    page.evaluate("Promise.allSettled(document.getAnimations().map((animation) => animation.finished))")


def check_every_look(page: Page, name: str) -> None:
    """Leaves pictures of what `page` shows; fails where it has to be scrolled sideways, or where axe finds what is
    serious or critical to somebody (contrast below AA is)."""
    problems = []
    for look in LOOKS:
        put_on(page, look)
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}-{look}.png", full_page=True)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > look.width:
            problems.append(f"{look}: {width} pixels wide, because of {_widest(page)}")
        if look in CHECKED_BY_AXE:
            problems += [f"{look}: {violation}" for violation in _violations(page)]
    assert not problems, "\n".join([name, *problems])


def _widest(page: Page) -> str:
    return page.evaluate(
        """() => [...document.querySelectorAll("body *")]
             .sort((a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right)[0].outerHTML.slice(0, 200)"""
    )


def _violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html']} {node['failureSummary']}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
