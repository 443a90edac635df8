// The sandbox's card form. Its fields have no names, so nothing that is typed into them is ever sent: what is sent is
// the token of the test card whose number it is.
import { tell } from "./fields.js";
import { preparations } from "./forms.js";

const digits = (text) => text.replace(/\D/g, "");

export function offerTestCards() {
  const form = document.querySelector("form[data-sandbox]");
  if (!form) return;
  const fields = form.querySelector("[data-card-fields]");
  const [number, expiry, code] = fields.querySelectorAll("input");
  const cards = [...form.querySelectorAll("[data-number]")];

  function fill() {
    const card = cards.find((card) => card.checked);
    if (!card) return;
    number.value = card.dataset.number;
    expiry.value = `12 / ${(new Date().getFullYear() + 2) % 100}`;
    code.value = "123";
  }

  for (const card of cards) {
    card.addEventListener("change", () => {
      fill();
      for (const field of [number, expiry, code]) tell(field, "");
    });
  }
  number.addEventListener("input", () => {
    for (const card of cards) card.checked = digits(card.dataset.number) === digits(number.value);
  });
  number.addEventListener("blur", () => {
    number.value = digits(number.value).replace(/(\d{4})(?=\d)/g, "$1 ");
  });
  expiry.addEventListener("blur", () => {
    expiry.value = expiry.value.replace(/^\s*(\d\d)\s*\/?\s*(\d\d)\s*$/, "$1 / $2");
  });

  // What was wrong is forgotten here and not when the form is sent: the button must not move under a double click.
  for (const field of [number, expiry, code]) field.addEventListener("input", () => tell(field, ""));

  preparations.set(form, () => {
    const problems = [
      [number, cards.some((card) => card.checked) ? "" : "The sandbox knows only the test cards above"],
      [expiry, problemWithExpiry(expiry.value)],
      [code, /^\d{3,4}$/.test(code.value.trim()) ? "" : "3 or 4 digits"],
    ].filter(([, problem]) => problem);
    for (const [field, problem] of problems) tell(field, problem);
    problems[0]?.[0].focus();
    return problems.length === 0;
  });

  fields.hidden = false;
  fill();
}

function problemWithExpiry(text) {
  const [, month, year] = /^\s*(\d\d)\s*\/?\s*(\d\d)\s*$/.exec(text) ?? [];
  if (!month || month < 1 || month > 12) return "Month and year, such as 09 / 30";
  const now = new Date();
  const isOver = 2000 + Number(year) < now.getFullYear() + (month < now.getMonth() + 1 ? 1 : 0);
  return isOver ? "The card has expired" : "";
}
