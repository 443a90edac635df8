// Stripe's own field for the card: the number goes from there to Stripe, and a token comes back.
import { tell } from "./fields.js";
import { preparations } from "./forms.js";

export function mountStripe() {
  const form = document.querySelector("form[data-stripe]");
  if (!form) return;
  const place = form.querySelector("[data-error]");
  if (!window.Stripe) {
    tell(place, "The card form did not load from Stripe. Reload the page to try again.");
    return;
  }
  const stripe = window.Stripe(form.dataset.stripe);
  const card = stripe.elements().create("card", { style: style(), hidePostalCode: true, disableLink: true });
  card.on("ready", () => (form.querySelector("button").disabled = false));
  card.on("change", (event) => tell(place, event.error?.message ?? ""));
  card.mount(place);

  preparations.set(form, async () => {
    try {
      const answer = await stripe.createToken(card);
      form.elements.token.value = answer.token?.id ?? "";
      tell(place, answer.error?.message ?? "");
    } catch {
      form.elements.token.value = "";
      tell(place, "Stripe does not answer. Try again in a moment.");
    }
    if (!form.elements.token.value) card.focus();
    return Boolean(form.elements.token.value);
  });
}

// The page's colours: Stripe's field is another site's frame, which our stylesheet does not reach.
function style() {
  const page = getComputedStyle(document.documentElement);
  const color = (name) => page.getPropertyValue(name).trim();
  return {
    base: { color: color("--ink"), iconColor: color("--quiet"), fontSize: "16px", "::placeholder": { color: color("--quiet") } },
    invalid: { color: color("--danger"), iconColor: color("--danger") },
  };
}
