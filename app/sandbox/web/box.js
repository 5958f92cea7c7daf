/** The foot of the chat: message box with the command menu, or the one big button. */

import { h, icon, shape } from "./dom.js";
import { emit } from "./live.js";
import { snippet } from "./message.js";

const PLANE = "M3.400 20.400l17.450-7.480a1 1 0 0 0 0-1.840L3.400 3.600a.993.993 0 0 0-1.390.910L2 9.120c0 .500.370.930.870.990L17 12 2.870 13.880c-.500.070-.870.500-.870 1l.010 4.610c0 .710.730 1.200 1.390.910z";

export class Box {
  constructor(node) {
    this.node = node;
    this.answering = null;
    this.drafts = new Map();
  }

  /** Draw the foot for this chat; what was being written to somebody else is kept for them. */
  show(chat, { deepLink, empty }) {
    if (this.input && this.chat) this.drafts.set(this.chat.id, this.input.value);
    const draft = this.drafts.get(chat.id) || "";
    const focused = document.activeElement === this.input;
    if (this.chat?.id !== chat.id) this.answering = null;
    this.chat = chat;
    this.input = null;
    if (chat.blocked) {
      this.node.replaceChildren(big("Restart bot", () => emit("unblock")));
    } else if (deepLink !== undefined || (!chat.started && empty)) {
      this.node.replaceChildren(big("Start", () => emit("send", { text: deepLink ? `/start ${deepLink}` : "/start" })));
    } else {
      this.draw();
      this.input.value = draft;
      this.grow();
      if (focused) this.input.focus();
    }
  }

  draw() {
    this.input = h("textarea", { rows: 1, placeholder: "Message", "aria-label": "Message", maxlength: 4096 });
    this.input.addEventListener("input", () => { this.grow(); this.suggest(); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list = h("div.commands", { hidden: true, role: "listbox", "aria-label": "Commands" });
    this.quote = h("div.answering", { hidden: true });
    const slash = this.chat.commands.length
      ? h("button.icon.slash", { type: "button", "aria-label": "Commands", onclick: () => this.toggle() }, h("span", {}, "/"))
      : null;
    const line = h("div.box-line", {}, this.menuButton(), this.input, slash);
    this.sendButton = h("button.send", { type: "button", "aria-label": "Send", onclick: () => this.send() }, shape(PLANE, "0 0 24 24"));
    this.node.replaceChildren(
      h("div.box", {}, h("div.box-main", {}, this.list, this.quote, line), this.sendButton), ...this.keyboard());
    this.showAnswering();
  }

  menuButton() {
    const button = this.chat.menu_button;
    if (button?.type === "web_app") {
      const open = () => emit("open-app", { url: button.web_app.url });
      return h("button.menu-pill", { type: "button", onclick: open }, icon("app"), button.text);
    }
    if (!this.chat.commands.length) return null;
    return h("button.menu-pill", { type: "button", onclick: () => this.toggle() }, icon("menu"), "Menu");
  }

  keyboard() {
    const rows = this.chat.reply_keyboard?.keyboard;
    if (!rows) return [];
    const draw = (button) => h("button", { type: "button", onclick: () => emit("send", { text: button.text }) }, button.text);
    return [h("div.reply-keys", {}, rows.map((row) => h("div.keys-row", {}, row.map(draw))))];
  }

  answerTo(message) {
    this.answering = message;
    this.showAnswering();
    this.input?.focus();
  }

  showAnswering() {
    if (!this.input) return;
    this.quote.hidden = !this.answering;
    if (!this.answering) return;
    const drop = () => this.answerTo(null);
    this.quote.replaceChildren(h("div", {}, snippet(this.answering)),
      h("button.icon", { type: "button", "aria-label": "Do not reply", onclick: drop }, icon("close")));
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight}px`;
    this.sendButton.disabled = !this.input.value.trim();
  }

  toggle() {
    if (this.list.hidden) this.fill("");
    else this.list.hidden = true;
    this.input.focus();
  }

  suggest() {
    const typed = /^\/([a-z0-9_]*)$/i.exec(this.input.value);
    if (typed) this.fill(typed[1].toLowerCase());
    else this.list.hidden = true;
  }

  fill(prefix) {
    const fitting = this.chat.commands.filter((one) => one.command.startsWith(prefix));
    this.list.replaceChildren(...fitting.map((one) =>
      h("button.command", { type: "button", role: "option", onclick: () => this.submit(`/${one.command}`) },
        h("b", {}, `/${one.command}`), h("span", {}, one.description))));
    this.list.hidden = fitting.length === 0;
    this.list.firstChild?.classList.add("on");
  }

  key(event) {
    if (!this.list.hidden && ["ArrowDown", "ArrowUp", "Tab", "Escape"].includes(event.key)) {
      event.preventDefault();
      this.pick(event.key);
    } else if (event.key === "Escape" && this.answering) {
      this.answerTo(null);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  }

  pick(pressed) {
    const options = [...this.list.children];
    const at = options.findIndex((option) => option.classList.contains("on"));
    if (pressed === "Escape") {
      this.list.hidden = true;
    } else if (pressed === "Tab") {
      this.input.value = `${options[Math.max(at, 0)].firstChild.textContent} `;
      this.list.hidden = true;
    } else {
      const next = (at + (pressed === "ArrowDown" ? 1 : options.length - 1)) % options.length;
      options[at]?.classList.remove("on");
      options[next].classList.add("on");
      options[next].scrollIntoView({ block: "nearest" });
    }
  }

  send() {
    const chosen = this.list.hidden ? null : this.list.querySelector(".on b");
    this.submit(chosen ? chosen.textContent : this.input.value);
  }

  submit(text) {
    if (!text.trim()) return;
    emit("send", { text, replyTo: this.answering?.message_id });
    this.input.value = "";
    this.answering = null;
    this.list.hidden = true;
    this.showAnswering();
    this.grow();
    this.input.focus();
  }

  /** A message could not be sent: give it back. */
  giveBack(text) {
    if (this.input && !this.input.value) {
      this.input.value = text;
      this.grow();
    }
  }
}

function big(text, run) {
  return h("button.big", { type: "button", onclick: run }, text);
}
