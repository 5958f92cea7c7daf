/** The market in the tester's hands, and a test alert. Prices stay text; no floating point. */

import { api } from "./api.js";
import { toast } from "./dialogs.js";
import { byId, h } from "./dom.js";
import { on } from "./live.js";

const EVERY_MS = 2000;
const ALERTED = "sandbox.symbol"; // whose alert was sent last
const FIRST = "BTC/USDT";
const STEPS = [["−5", -50], ["−1", -10], ["−0.5", -5], ["+0.5", 5], ["+1", 10], ["+5", 50]];
const narrow = matchMedia("(max-width: 760px)");

/** `price` changed by `permille`, with as many decimals as it had (two at least). */
export function moved(price, permille) {
  const [whole, part = ""] = price.split(".");
  const decimals = Math.max(part.length, 2);
  const scaled = BigInt(whole + part.padEnd(decimals, "0"));
  const result = (scaled * BigInt(1000 + permille)) / 1000n;
  const digits = String(result > 0n ? result : 1n).padStart(decimals + 1, "0");
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

export class Controls {
  constructor(currentUser) {
    this.currentUser = currentUser;
    this.prices = {};
    this.symbol = h("select", { "aria-label": "Symbol" });
    this.now = h("span.price-now", { "aria-live": "off" }, "—");
    this.input = h("input", { inputmode: "decimal", placeholder: "New price", "aria-label": "New price", autocomplete: "off" });
    this.node = h("section.controls", { "aria-label": "Market and test alerts" });
    this.symbol.addEventListener("change", () => this.show());
    this.input.addEventListener("keydown", (event) => { if (event.key === "Enter") this.set(this.input.value.trim()); });
    this.draw();
    this.place();
    narrow.addEventListener("change", () => this.place());
    on("market", ({ symbol, price }) => this.learn({ ...this.prices, [symbol]: price }));
    setInterval(() => { if (!document.hidden) this.refresh(); }, EVERY_MS);
    this.refresh();
  }

  draw() {
    const steps = STEPS.map(([text, permille]) => h("button.small", {
      type: "button", class: permille < 0 ? "down" : "up", "aria-label": `${text} percent`,
      onclick: () => this.set(moved(this.prices[this.symbol.value], permille)),
    }, `${text}%`));
    const alert = (side, text) => h("button.small.go", { type: "button", class: side, onclick: () => this.alert(side) }, text);
    this.market = [
      h("div.line", {}, this.input, h("button.small.wide", { type: "button", onclick: () => this.set(this.input.value.trim()) }, "Set")),
      h("div.steps", {}, steps),
    ];
    this.note = h("p.note", { hidden: true }, "Prices come from a real feed, so they cannot be set here.");
    this.node.replaceChildren(
      h("h2", {}, "Market"), h("div.line", {}, this.symbol, this.now), ...this.market, this.note,
      h("h2", {}, "Send a test alert"), h("div.line", {}, alert("long", "Long"), alert("short", "Short")));
  }

  place() { byId(narrow.matches ? "controls-top" : "controls-side").append(this.node); }

  async refresh() {
    try {
      const market = await api.market();
      for (const part of this.market) part.hidden = !market.simulated;
      this.note.hidden = market.simulated;
      this.learn(market.prices);
    } catch {
      this.now.textContent = "—"; // offline; the next round tries again
    }
  }

  learn(prices) {
    this.prices = prices;
    const symbols = Object.keys(prices).sort();
    const shown = [...this.symbol.options].map((option) => option.value);
    if (symbols.join() !== shown.join()) {
      const wished = [this.symbol.value, localStorage.getItem(ALERTED), FIRST];
      this.symbol.replaceChildren(...symbols.map((symbol) => h("option", { value: symbol }, symbol)));
      this.symbol.value = wished.find((symbol) => symbols.includes(symbol)) ?? symbols[0] ?? "";
    }
    this.show();
  }

  show() {
    const symbol = this.symbol.value;
    const price = this.prices[symbol] || "—";
    if (this.shown?.symbol === symbol && this.shown.price === price) return;
    const up = this.shown?.symbol === symbol ? Number(price) - Number(this.shown.price) : 0;
    this.now.className = `price-now ${up > 0 ? "up" : up < 0 ? "down" : ""}`;
    this.now.textContent = grouped(price);
    this.shown = { symbol, price };
  }

  async set(price) {
    if (!price || !this.symbol.value) return;
    try {
      await api.setPrice(this.symbol.value, price.replaceAll(",", ""));
      this.input.value = "";
    } catch (problem) {
      toast(problem.message);
    }
  }

  async alert(side) {
    const symbol = this.symbol.value || FIRST;
    try {
      const receipt = await api.alert(this.currentUser(), symbol, side);
      localStorage.setItem(ALERTED, symbol);
      const state = receipt.state || receipt.status || "sent";
      toast(`Test alert ${symbol} ${side}: ${state}${receipt.reason ? ` (${receipt.reason})` : ""}`);
    } catch (problem) {
      toast(problem.message);
    }
  }
}

function grouped(price) {
  const [whole, part] = price.split(".");
  const digits = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return part ? `${digits}.${part}` : digits;
}
