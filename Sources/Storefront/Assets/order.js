// Follows an order's state by server-sent events and shows the page anew when it changes.
import { show } from "./page.js";

let source;

export function watchOrder(restart) {
  source?.close();
  source = undefined;
  const order = document.querySelector("[data-order]");
  if (!order || ["complete", "cancelled"].includes(order.dataset.status)) return;
  source = new EventSource(`/api/orders/${order.dataset.order}/events`);
  source.addEventListener("order", async (event) => {
    if (JSON.parse(event.data).status === order.dataset.status || !order.isConnected) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || !order.isConnected) return;
    show(await answer.text());
    restart();
  });
}
