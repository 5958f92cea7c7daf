/** One message as a bubble with its keyboard. */

import { api } from "./api.js";
import { copy, view } from "./dialogs.js";
import { h, icon, shape } from "./dom.js";
import { render } from "./entities.js";
import { emit } from "./live.js";
import { clockTime } from "./time.js";

const TICKS = "M1.500 7.500l3.500 3.500 7-7.500M8 10l1 1 7-7.500";

/** One line that stands for a message: in the list, in replies, in the pinned bar. */
export function snippet(message) {
  if (message.text) return message.text;
  if (message.photo) return message.caption || "Photo";
  if (message.document) return message.caption || message.document.file_name || "File";
  if (message.invoice) return message.invoice.title;
  return service(message) || "Message";
}

/** The text of a service message, or null for an ordinary one. */
export function service(message) {
  const paid = message.successful_payment;
  if (paid) return `You paid ⭐ ${paid.total_amount} (pretend Stars)`;
  if (message.write_access_allowed) return "You allowed this bot to message you";
  return null;
}

export function bubble(message, { language, names, waiting }) {
  const line = service(message);
  if (line) return h("div.service", { "data-id": message.message_id }, h("span", {}, line));
  const words = message.text ?? message.caption;
  const media = Boolean(message.photo);
  const bare = media && !words;
  const body = h("div.bubble", { class: `${media ? "media" : "tail"} ${bare ? "bare" : ""}` });
  if (message.reply_to_message) body.append(reply(message.reply_to_message, names));
  if (media && !message.show_caption_above_media) body.append(photo(message));
  if (message.document) body.append(file(message.document));
  if (message.invoice) body.append(invoice(message.invoice));
  const text = h("div.words", { dir: "auto" });
  if (words) text.append(...render(words, message.entities || message.caption_entities, language));
  if (message.sandbox.reaction) text.append(h("br"), h("span.reaction", {}, message.sandbox.reaction));
  text.append(meta(message));
  body.append(bare ? meta(message) : text);
  if (media && message.show_caption_above_media) body.append(photo(message));
  const unit = h("div.unit", {}, body);
  const rows = message.reply_markup?.inline_keyboard || (message.invoice && payRow(message.invoice));
  if (rows) {
    unit.classList.add("keyed");
    unit.append(keyboard(message, rows, waiting));
  }
  const row = h("div.row", { class: message.sandbox.out ? "out" : "", "data-id": message.message_id }, unit);
  row.addEventListener("dblclick", (event) => {
    if (!event.target.closest("button, a, code, pre")) emit("answer-to", { message });
  });
  return row;
}

function meta(message) {
  // bots' messages with buttons are edited all the time; Telegram does not say so either
  const edited = message.edit_date && !message.reply_markup ? "edited " : "";
  const node = h("span.meta", {}, edited + clockTime(message.date));
  if (message.sandbox.out) node.append(shape(TICKS, "0 0 18 14"));
  return node;
}

function reply(answered, names) {
  const name = answered.from.is_bot ? names.bot : answered.from.first_name;
  const go = () => emit("show-message", { id: answered.message_id });
  return h("button.reply", { type: "button", onclick: go }, h("b", {}, name), h("span", {}, snippet(answered)));
}

function photo(message) {
  const size = message.photo.at(-1);
  const url = api.file(size.file_id);
  const image = h("img", { src: url, width: size.width, height: size.height, alt: message.caption ? "" : "Photo" });
  return h("button.photo", { type: "button", "aria-label": "Open the photo", onclick: () => view(url) }, image);
}

function file(document) {
  const kilobytes = Math.max(1, Math.round(document.file_size / 1024));
  const name = document.file_name || "File";
  return h("a.file", { href: api.file(document.file_id), download: name },
    h("span.file-mark", {}, icon("file")),
    h("span", {}, h("b", {}, name), h("small", {}, `${kilobytes} KB`)));
}

function invoice(shown) {
  return h("div.invoice", {}, h("b", {}, shown.title), h("div", {}, shown.description),
    h("span.price", {}, `⭐ ${shown.total_amount}`));
}

/** An invoice without a keyboard of its own gets Telegram's. */
const payRow = (shown) => [[{ text: `Pay ⭐ ${shown.total_amount}`, pay: true }]];

function keyboard(message, rows, waiting) {
  const drawn = rows.map((row) => h("div.keys-row", {}, row.map((button) => key(message, button, waiting))));
  return h("div.keys", {}, drawn);
}

function key(message, button, waiting) {
  const node = h("button.key", { type: "button", class: button.style || "", disabled: Boolean(button.disabled) }, button.text);
  const mark = button.url ? "link" : button.web_app ? "app" : button.copy_text ? "copy" : button.pay ? "star" : null;
  if (mark) node.append(icon(mark, mark === "app" ? 24 : 16));
  if (button.callback_data !== undefined) {
    if (waiting.has(`${message.message_id}:${button.callback_data}`)) node.classList.add("waiting");
    node.dataset.press = button.callback_data;
    node.addEventListener("click", () => emit("press", { message, data: button.callback_data }));
  }
  if (button.url) node.addEventListener("click", () => emit("open-link", { url: button.url, asked: true }));
  if (button.web_app) node.addEventListener("click", () => emit("open-app", { url: button.web_app.url }));
  if (button.copy_text) node.addEventListener("click", () => copy(button.copy_text.text));
  if (button.pay) node.addEventListener("click", () => emit("pay", { slug: message.sandbox.invoice_slug }));
  return node;
}
