// Writes an amount as money when its field is left: 7.5 becomes 7.50. What is no amount stays for the server to refuse.
export function formatMoney() {
  for (const field of document.querySelectorAll("[data-money]")) {
    const symbol = field.dataset.money.trim();
    const decimals = Number(field.dataset.decimals);
    field.addEventListener("blur", () => {
      const typed = field.value.trim();
      const amount = /^(\d*)(?:\.(\d*))?$/.exec((typed.startsWith(symbol) ? typed.slice(symbol.length) : typed).trim());
      if (!amount || !(amount[1] || amount[2])) return;
      const [, whole, fraction = ""] = amount;
      if (fraction.length > decimals) return;
      const units = whole.replace(/^0+(?=\d)/, "") || "0";
      field.value = decimals ? `${units}.${fraction.padEnd(decimals, "0")}` : units;
    });
  }
}
