// Follows an order's state by server-sent events and shows the page anew when it changes.
import { show } from "./page.js";

let source;

export function watchOrder(restart) {
  source?.close();
  source = undefined;
  const order = document.querySelector("[data-order]");
  if (!order || isFinal(order)) return;
  source = new EventSource(`/api/orders/${order.dataset.order}/events`);
  source.addEventListener("order", async (event) => {
    if (JSON.parse(event.data).status === order.dataset.status || !order.isConnected) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const html = await answer.text();
    if (!answer.ok || !order.isConnected) return;
    show(html, keepProblem);
    restart();
  });
}

// Why a card was declined stands until the next try: that the order is open again comes after the answer to the form.
function keepProblem(main) {
  const problem = document.querySelector("#problem");
  if (problem && !isFinal(main.querySelector("[data-order]"))) main.querySelector("[data-news]").after(problem);
}

const isFinal = (order) => ["complete", "cancelled"].includes(order.dataset.status);
