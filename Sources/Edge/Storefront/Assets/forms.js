// Posts forms without leaving the page where they come back with errors.
import { show } from "./page.js";

// What a form has to do before it is sent, by form. It answers whether the form may be sent.
export const preparations = new WeakMap();

export function enhanceForms(restart) {
  for (const form of document.querySelectorAll("form[data-enhance]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(form, restart);
    });
  }
}

// Once, however often a button is pressed meanwhile, and one form at a time: while it pays, nothing is cancelled.
async function submit(form, restart) {
  if (document.querySelector("form[aria-busy=true]")) return;
  form.ariaBusy = "true";
  const prepare = preparations.get(form);
  if (prepare && !(await prepare())) {
    form.ariaBusy = "false";
    return;
  }
  // What it says is over now. It stays to be seen: what is below it must not move under a double click.
  document.querySelector("#problem")?.removeAttribute("id");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const html = await answer.text();
    if (answer.redirected && answer.url !== location.href) {
      location.assign(answer.url);
      return;
    }
    show(html);
    restart();
    focusFirst(".is-invalid", "[role=alert]", "main");
  } catch {
    // The network is away, perhaps: the browser says so better than we could.
    form.submit();
  }
}

// Of what is there, what comes first among `selectors`: not what comes first in the page.
function focusFirst(...selectors) {
  selectors.map((selector) => document.querySelector(selector)).find((element) => element)?.focus();
}
