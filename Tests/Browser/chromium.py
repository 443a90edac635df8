"""The system's own Chromium, or Chrome: Playwright drives it, and downloads none."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

_ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def _executable() -> str:
    """What $CHROMIUM names, else what tools/setup --tests installs."""
    candidates = [os.environ.get("CHROMIUM"), "chromium", "google-chrome", _ON_MACOS]
    for candidate in filter(None, candidates):
        if found := shutil.which(candidate):
            return found
    raise AssertionError("Chromium is not installed: tools/setup --tests")


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=Path(_executable()))
