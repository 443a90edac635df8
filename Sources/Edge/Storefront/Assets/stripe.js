// Stripe's own field for the card: the number goes from there to Stripe, and a token comes back.
import { tell } from "./fields.js";
import { preparations } from "./forms.js";
import { show } from "./page.js";

export function mountStripe() {
  const form = document.querySelector("form[data-stripe]");
  if (!form) return;
  const place = form.querySelector("[data-error]");
  if (!window.Stripe) {
    tell(place, "The card form did not load from Stripe. Reload the page to try again.");
    return;
  }
  // What is asked of the card holder can be asked on this page.
  form.elements.scripts.disabled = false;
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

// Has Stripe ask the card holder, where their bank wants that, and shows what came of it.
export async function askCardHolder(restart) {
  const place = document.querySelector("[data-challenge]");
  if (!place || !window.Stripe) return;
  const { challenge, stripe, action, csrf } = place.dataset;
  place.removeAttribute("data-challenge");
  try {
    await window.Stripe(stripe).handleNextAction({ clientSecret: challenge });
  } catch {
    // What the bank knows is looked up all the same.
  }
  try {
    const answer = await fetch(action, { method: "POST", body: new URLSearchParams({ csrf }) });
    show(await answer.text());
    restart();
  } catch {
    // The page says how to go on, and hears of the order's end by itself.
  }
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
