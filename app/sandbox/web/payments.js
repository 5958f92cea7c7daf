/** Paying with pretend Stars: the sheet, the wait for the bot, the result. */

import { api } from "./api.js";
import { ask, tell, toast } from "./dialogs.js";
import { h } from "./dom.js";
import { on } from "./live.js";

const BOT_HAS_MS = 10500;
const results = new Map();

on("payment", ({ query_id: id, status, error }) => {
  const settle = results.get(id);
  if (settle) settle({ status, error });
  else results.set(id, (take) => take({ status, error }));
});

/** Show the invoice and pay if wanted; resolves with Telegram's word: paid, failed, cancelled. */
export async function pay(chatId, slug) {
  let invoice;
  try {
    invoice = await api.invoice(slug);
  } catch (problem) {
    toast(problem.message);
    return "failed";
  }
  const every = invoice.subscription_period ? " every 30 days" : "";
  const body = [h("p", {}, invoice.description), h("p.stars", {}, `⭐ ${invoice.amount}${every}`),
    h("p.note", {}, "Pretend Stars: nothing is charged.")];
  const choices = [{ id: "no", text: "Cancel" }, { id: "yes", text: `Pay ⭐ ${invoice.amount}` }];
  if ((await ask({ title: invoice.title, body, choices })) !== "yes") return "cancelled";
  try {
    const { query_id: id } = await api.pay(chatId, slug);
    const { status, error } = await outcome(id);
    if (status !== "paid") tell(error, "Payment failed");
    return status;
  } catch (problem) {
    toast(problem.message);
    return "failed";
  }
}

function outcome(id) {
  return new Promise((resolve) => {
    const early = results.get(id);
    if (early) return early(resolve);
    results.set(id, resolve);
    setTimeout(() => resolve({ status: "failed", error: "The bot did not answer within 10 seconds." }), BOT_HAS_MS);
  });
}
