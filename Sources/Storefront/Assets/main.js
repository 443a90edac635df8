// What makes the pages better where scripts run; each works without.
import { startCountdowns } from "./countdown.js";
import { watchOrder } from "./order.js";
import { enhanceForms } from "./forms.js";
import { followTickets } from "./tickets.js";

function start() {
  startCountdowns();
  enhanceForms(start);
  watchOrder(start);
}

start();
followTickets();
