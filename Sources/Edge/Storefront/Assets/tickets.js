// Keeps the list of what is for sale up to date while somebody looks at it.
const period = 3000;
const longest = 60000;

export function followTickets() {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  let wait = period;
  let timer;
  let tag;

  function rest() {
    clearTimeout(timer);
    // Not all at the same moment, when all have lost the shop at the same moment.
    timer = setTimeout(look, wait * (0.8 + 0.4 * Math.random()));
  }

  async function look() {
    if (document.hidden || !live.isConnected) return;
    try {
      // The browser asks with the tag of what it has, and the answer is mostly that this is still so.
      const answer = await fetch(live.dataset.live, { cache: "no-cache" });
      if (!answer.ok) throw new Error(answer.statusText);
      if (answer.headers.get("etag") !== tag) {
        update(live, await answer.text());
        tag = answer.headers.get("etag");
      }
      wait = period;
    } catch {
      wait = Math.min(2 * wait, longest);
    }
    rest();
  }

  document.addEventListener("visibilitychange", look);
  rest();
}

function update(live, html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  const focused = live.contains(document.activeElement);
  updateList(live.querySelector("ul"), next.querySelector("ul"));
  // Written only where it differs: whoever listens to the page hears of it.
  for (const selector of ["[role=status]", "[data-rest]"]) {
    const [old, fresh] = [live, next].map((part) => part.querySelector(selector));
    if (old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
  }
  if (focused && !live.contains(document.activeElement)) document.querySelector("main").focus({ preventScroll: true });
}

// Both are newest first, so that what stays keeps its place, and the focus in it.
function updateList(list, next) {
  const known = new Map([...list.children].map((item) => [item.innerHTML, item]));
  const wanted = [...next.children].map((item) => known.get(item.innerHTML) ?? item);
  for (const item of known.values()) if (!wanted.includes(item)) item.remove();
  wanted.forEach((item, index) => {
    if (list.children[index] === item) return;
    item.classList.add("arriving");
    list.insertBefore(item, list.children[index] ?? null);
  });
}
