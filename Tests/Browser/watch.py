"""Notices whatever goes wrong in a browser while a test looks elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Response, WebError

#: The console's own word for a refused request. Requests are watched themselves, so that a test can say which may be.
_REFUSED = "Failed to load resource: the server responded with a status of"

#: Leaving a page ends what it still loads and listens to.
_ENDED_BY_LEAVING = "net::ERR_ABORTED"


class Watch:
    """Collects as `problems`: console errors and warnings (violations of the Content-Security-Policy are among them),
    uncaught exceptions, dialogs, requests that failed and requests that were refused."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        self._may_refuse = False
        self._refused: list[int] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("dialog", self._on_dialog)
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)

    @contextmanager
    def refusal(self, status: int) -> Iterator[None]:
        """Within it the server refuses something, with `status` and no other; the body awaits what is shown then."""
        self._may_refuse, self._refused = True, []
        yield
        self._may_refuse = False
        assert set(self._refused) == {status}, f"refused with {self._refused}, not with {status}"

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REFUSED):
            self.problems.append(f"console {message.type}: {message.text} ({message.location['url']})")

    def _on_error(self, error: WebError) -> None:
        self.problems.append(f"uncaught: {error.error}")

    def _on_dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _on_failure(self, request: Request) -> None:
        if request.failure != _ENDED_BY_LEAVING:
            self.problems.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status < 400:
            return
        if self._may_refuse:
            self._refused.append(response.status)
        else:
            self.problems.append(f"refused: {response.request.method} {response.url}: {response.status}")


def mark(page: Page) -> None:
    """Leaves something in the page that a reload takes away."""
    page.evaluate("window.isMarked = true")


def is_marked(page: Page) -> bool:
    return page.evaluate("window.isMarked === true")
