/** A text with its entities as nodes. Offsets are UTF-16 units, which is what JavaScript counts. */

import { h } from "./dom.js";
import { emit } from "./live.js";
import { entityTime } from "./time.js";
import { copy } from "./dialogs.js";

const SAFE = /^(https?|tg|mailto|tel|ton):/i;
const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", blockquote: "blockquote",
  mention: "span", hashtag: "span", cashtag: "span", email: "span", phone_number: "span",
  custom_emoji: "span", text_mention: "span",
};

/** Nodes for the whole text; `language` is the reader's, for times. */
export function render(text, entities, language) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return pieces(text, sorted, 0, text.length, language);
}

function pieces(text, entities, from, to, language) {
  const nodes = [];
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    index += 1;
    if (end <= start) continue;
    if (start > at) nodes.push(text.slice(at, start));
    const inside = [];
    // what begins within this one is drawn inside it; what sticks out is cut at its end
    while (index < entities.length && entities[index].offset < end) inside.push(entities[index++]);
    nodes.push(wrap(entity, text.slice(start, end), pieces(text, inside, start, end, language), language));
    at = end;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes.map((node, place) => (isBlock(nodes[place - 1]) && typeof node === "string" ? node.replace(/^\n/, "") : node));
}

/** A block ends its line by itself: the line feed after it would be an empty line. */
const isBlock = (node) => node instanceof Element && ["PRE", "BLOCKQUOTE"].includes(node.tagName);

function wrap(entity, plain, inner, language) {
  const kind = entity.type;
  if (kind === "url") return link(plain, inner);
  if (kind === "text_link") return link(entity.url, inner);
  if (kind === "bot_command") return h("button.cmd", { type: "button", onclick: () => emit("send", { text: plain }) }, inner);
  if (kind === "code") return h("code", { title: "Copy", onclick: () => copy(plain) }, inner);
  if (kind === "pre") return h("pre", { title: "Copy", onclick: () => copy(plain) }, inner);
  if (kind === "spoiler") return h("span.spoiler", { onclick: (event) => event.currentTarget.classList.add("open") }, inner);
  if (kind === "expandable_blockquote") {
    return h("blockquote.more", { onclick: (event) => event.currentTarget.classList.toggle("more") }, inner);
  }
  if (kind === "date_time") return moment(entity, plain, language);
  return TAGS[kind] ? h(TAGS[kind], {}, inner) : h("span", {}, inner);
}

function link(url, inner) {
  if (!SAFE.test(url)) return h("span", {}, inner);
  const open = (event) => {
    event.preventDefault();
    emit("open-link", { url });
  };
  return h("a", { href: url, rel: "noopener noreferrer", target: "_blank", onclick: open }, inner);
}

function moment(entity, plain, language) {
  const format = entity.date_time_format || "";
  const date = new Date(entity.unix_time * 1000);
  const node = h("time", { datetime: date.toISOString(), title: date.toLocaleString(language) });
  node.dataset.unix = entity.unix_time;
  node.dataset.format = format;
  node.dataset.language = language;
  node.textContent = entityTime(entity.unix_time, format, language) ?? plain;
  return node;
}
