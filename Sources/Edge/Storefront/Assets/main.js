// What makes the pages better where scripts run; each works without.
import { startCountdowns } from "./countdown.js";
import { enhanceForms } from "./forms.js";
import { formatMoney } from "./money.js";
import { watchOrder } from "./order.js";
import { offerTestCards } from "./sandbox.js";
import { askCardHolder, mountStripe } from "./stripe.js";
import { followTickets } from "./tickets.js";

function start() {
  startCountdowns();
  formatMoney();
  offerTestCards();
  mountStripe();
  askCardHolder(start);
  enhanceForms(start);
  watchOrder(start);
}

start();
followTickets();

// What comes back by the Back button has grown old: a ticket may be gone, a form was sent.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
