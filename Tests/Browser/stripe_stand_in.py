"""What stands in for Stripe: somebody else's idea of its API, and its script as far as our pages may use it."""

import base64
import json
import re
import sys
import urllib.parse
import urllib.request
from typing import Any

from playwright.sync_api import BrowserContext

from process import Process

_KEY = "sk_test_12345"

#: With a card field that is no frame. Which card it is decides what it stands for.
_SCRIPT = """
window.Stripe = (key) => ({
  elements: () => ({
    create: () => {
      const listeners = {};
      const field = Object.assign(document.createElement("input"), {ariaLabel: "Card", key});
      return {
        field,
        on: (name, listener) => (listeners[name] = listener),
        mount: (place) => { place.append(field); setTimeout(() => listeners.ready?.({}), 50); },
        focus: () => field.focus(),
      };
    },
  }),
  createToken: async ({field}) => {
    const card = await stripeCard(field.value);
    return card ? {token: {id: card}} : {error: {message: "Your card number is incomplete."}};
  },
  handleNextAction: async ({clientSecret}) => {
    const confirmed = await new Promise((answer) => {
      const dialog = document.createElement("dialog");
      for (const [text, value] of [["Confirm", true], ["Refuse", false]]) {
        const button = Object.assign(document.createElement("button"), {textContent: text});
        button.addEventListener("click", () => { dialog.remove(); answer(value); });
        dialog.append(button);
      }
      document.body.append(dialog);
      dialog.showModal();
    });
    return await stripeAnswer(clientSecret, confirmed);
  },
});
"""

_CARDS = {"4242424242424242": "pm_card_visa", "4000000000000341": "pm_card_chargeCustomerFail"}
#: Whose holder is asked first.
CHALLENGED_CARD = "4000000000003220"


class StripeStandIn:
    def __init__(self) -> None:
        self._server = Process(
            [sys.executable, "-m", "localstripe", "--from-scratch", "--port", "0"], environment={"PYTHONUNBUFFERED": "1"}
        )
        try:
            found = re.search(r"Running on http://\S+:(\d+)", self._server.line(0))
            assert found, f"it says: {self._server.line(0)}"
        except BaseException:
            self.stop()
            raise
        self._url = f"http://127.0.0.1:{found[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """Of a platform that takes its cards."""
        return {"STRIPE_KEY": _KEY, "STRIPE_PUBLISHABLE_KEY": "pk_test_12345", "STRIPE_API_BASE": self._url}

    def serve(self, context: BrowserContext) -> None:
        """Gives its script to the pages of `context`."""
        context.expose_function("stripeCard", self._card)
        context.expose_function("stripeAnswer", self._answer)
        context.route("https://js.stripe.com/**", lambda route: route.fulfill(body=_SCRIPT, content_type="text/javascript"))

    def stop(self) -> None:
        self._server.stop()

    def _card(self, number: str) -> str | None:
        if number != CHALLENGED_CARD:
            return _CARDS.get(number)
        card = {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2035", "card[cvc]": "123"}
        return self._post("/v1/payment_methods", type="card", **card)["id"]

    def _answer(self, secret: str, confirmed: bool) -> dict[str, Any]:
        intent = secret.split("_secret_")[0]
        path = f"/v1/payment_intents/{intent}/_authenticate"
        answer = self._post(path, client_secret=secret, success=str(confirmed).lower())
        return {"paymentIntent": {"id": answer["id"]}} if confirmed else {"error": {"message": "It is not me."}}

    def _post(self, path: str, **form: str) -> dict[str, Any]:
        request = urllib.request.Request(self._url + path, urllib.parse.urlencode(form).encode())
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{_KEY}:".encode()).decode())
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
