/** The chat's messages: drawn in order, changed in place, older ones loaded while scrolling. */

import { api } from "./api.js";
import { toast } from "./dialogs.js";
import { byId, h, icon } from "./dom.js";
import { on } from "./live.js";
import { bubble, service } from "./message.js";
import { dayName } from "./time.js";

const NEAR_END_PX = 140;
const NEAR_TOP_PX = 300;
const WAIT_MS = 15000;

export class Log {
  constructor(context) {
    this.context = context;
    this.scroll = byId("scroll");
    this.box = byId("log");
    this.messages = new Map();
    this.nodes = new WeakMap();
    this.days = new Map();
    this.waiting = new Set();
    this.hasOlder = false;
    this.loading = false;
    this.toEnd = byId("to-end");
    this.toEnd.append(icon("down"));
    this.toEnd.addEventListener("click", () => this.stick(true));
    this.scroll.addEventListener("scroll", () => this.scrolled());
    // pictures and keyboards growing must not push the newest message out of sight
    new ResizeObserver(() => { if (this.following) this.stick(); }).observe(this.box);
    new ResizeObserver(() => { if (this.following) this.stick(); }).observe(this.scroll);
    this.following = true;
    on("show-message", ({ id }) => this.flash(id));
  }

  async load(chatId) {
    const page = await api.history(chatId);
    this.chatId = chatId;
    this.messages = new Map(page.messages.map((message) => [message.message_id, message]));
    this.hasOlder = page.has_older;
    this.waiting.clear();
    this.following = true;
    this.draw();
    this.stick();
  }

  get empty() { return this.messages.size === 0; }

  put(message) {
    const known = this.messages.has(message.message_id);
    this.messages.set(message.message_id, message);
    if (!known && message.sandbox.out) this.following = true;
    this.draw();
    if (this.following) this.stick();
  }

  remove(ids) {
    for (const id of ids) this.messages.delete(id);
    this.draw();
  }

  /** Redraw only what differs: a bubble is kept while its message is the same object. */
  draw() {
    const ordered = [...this.messages.values()].sort((a, b) => a.message_id - b.message_id);
    const nodes = [];
    const days = new Map();
    ordered.forEach((message, index) => {
      const before = ordered[index - 1];
      const day = dayName(message.date);
      if (!before || dayName(before.date) !== day) {
        days.set(day, this.days.get(day) || h("div.day", {}, h("span", {}, day)));
        nodes.push(days.get(day));
      }
      nodes.push(this.node(message, before, ordered[index + 1]));
    });
    if (!nodes.length) nodes.push(this.greeting());
    this.days = days;
    place(this.box, nodes);
  }

  node(message, before, after) {
    const kept = this.nodes.get(message);
    const node = kept || bubble(message, { ...this.context(), waiting: this.waiting });
    this.nodes.set(message, node);
    node.classList.toggle("first", !sameSide(message, before));
    node.classList.toggle("last", !sameSide(message, after));
    return node;
  }

  /** Times and names depend on the reader: forget what was drawn. */
  redraw() {
    this.nodes = new WeakMap();
    this.draw();
  }

  greeting() {
    const { description, names } = this.context();
    return h("div.hello", {}, h("h2", {}, "What can this bot do?"),
      h("p", {}, description || `${names.bot} sends you trading signals to approve with one tap.`));
  }

  stick(smooth = false) {
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }

  async scrolled() {
    const left = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight;
    this.following = left < NEAR_END_PX;
    this.toEnd.hidden = this.following;
    if (this.scroll.scrollTop > NEAR_TOP_PX || !this.hasOlder || this.loading) return;
    this.loading = true;
    try {
      await this.older();
    } catch (problem) {
      toast(problem.message);
    } finally {
      this.loading = false;
    }
  }

  async older() {
    const chatId = this.chatId;
    const page = await api.history(chatId, Math.min(...this.messages.keys()));
    if (chatId !== this.chatId) return;
    const height = this.scroll.scrollHeight;
    for (const message of page.messages) this.messages.set(message.message_id, message);
    this.hasOlder = page.has_older;
    this.draw();
    this.scroll.scrollTop += this.scroll.scrollHeight - height;
  }

  flash(id) {
    const row = this.box.querySelector(`[data-id="${Number(id)}"]`);
    if (!row) return;
    row.scrollIntoView({ block: "center", behavior: "smooth" });
    const body = row.querySelector(".bubble");
    body?.classList.remove("flash");
    requestAnimationFrame(() => body?.classList.add("flash"));
  }

  wait(messageId, data) {
    this.mark(messageId, data, true);
    setTimeout(() => this.mark(messageId, data, false), WAIT_MS);
  }

  mark(messageId, data, waiting) {
    this.waiting[waiting ? "add" : "delete"](`${messageId}:${data}`);
    const row = this.box.querySelector(`[data-id="${Number(messageId)}"]`);
    for (const key of row?.querySelectorAll(".key") || []) {
      if (key.dataset.press === data) key.classList.toggle("waiting", waiting);
    }
  }

  answered(messageId) {
    for (const entry of [...this.waiting]) {
      const at = entry.indexOf(":");
      if (Number(entry.slice(0, at)) === messageId) this.mark(messageId, entry.slice(at + 1), false);
    }
  }
}

/** Make these the box's children, touching only what moved: a screen reader reads news, not all. */
function place(box, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...box.children]) if (!wanted.has(child)) child.remove();
  let at = box.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else box.insertBefore(node, at);
  }
}

function sameSide(message, other) {
  if (!other || service(message) || service(other)) return false;
  return message.sandbox.out === other.sandbox.out && dayName(message.date) === dayName(other.date);
}
