// Counts down from what the server said was left: its clock and the browser's need not agree.
let timer;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

export function startCountdowns() {
  clearInterval(timer);
  const element = document.querySelector("[data-countdown]");
  if (!element) return;
  const end = performance.now() + Number(element.dataset.countdown) * 1000;
  timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    element.textContent = clock(left);
    if (left === 0) clearInterval(timer);
  }, 250);
}
