// Posts forms without leaving the page where they come back with errors.
import { show } from "./page.js";

export function enhanceForms(restart) {
  for (const form of document.querySelectorAll("form[data-enhance]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(form, restart);
    });
  }
}

async function submit(form, restart) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.redirected && answer.url !== location.href) {
      location.assign(answer.url);
      return;
    }
    show(await answer.text());
    restart();
    document.querySelector(".is-invalid, [role=alert], main")?.focus();
  } catch {
    // The network is away, perhaps: the browser says so better than we could.
    form.submit();
  }
}
