// Writes an amount as money when its field is left: 7.5 becomes 7.50. What is no amount stays for the server to refuse.
export function formatMoney() {
  for (const field of document.querySelectorAll("[data-money]")) {
    field.addEventListener("blur", () => {
      const amount = /^\$?\s*(\d*)(?:\.(\d{0,2}))?$/.exec(field.value.trim());
      if (!amount || !(amount[1] || amount[2])) return;
      const [, whole, cents = ""] = amount;
      field.value = `${whole.replace(/^0+(?=\d)/, "") || "0"}.${cents.padEnd(2, "0")}`;
    });
  }
}
