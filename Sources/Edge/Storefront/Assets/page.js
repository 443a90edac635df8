// Takes the content of another answer for this page's address, without a reload. `prepare` gets its main part first.
export function show(html, prepare = () => {}) {
  const next = new DOMParser().parseFromString(html, "text/html");
  prepare(next.querySelector("main"));
  const focused = document.activeElement;
  const news = newsOf(document);
  document.title = next.title;
  for (const selector of ["header", "main"]) {
    document.querySelector(selector).replaceWith(next.querySelector(selector));
  }
  if (focused !== document.body) {
    (document.getElementById(focused.id) ?? document.querySelector("main")).focus({ preventScroll: true });
  }
  // Only what stays in the page is read aloud when its text changes.
  if (newsOf(document) !== news) document.querySelector("#news").textContent = newsOf(document);
}

const newsOf = (page) => page.querySelector("[data-news]")?.textContent ?? "";
