/** Toasts, alerts, questions, menus: Telegram's small windows. */

import { byId, h } from "./dom.js";

const TOAST_MS = 3500;

export function toast(text) {
  const node = h("div.toast", {}, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied to clipboard");
  } catch {
    toast("The browser does not allow copying here.");
  }
}

/** Show a dialog; resolves with the pressed choice's id, or null when dismissed. */
export function ask({ title, body = [], choices, fill }) {
  return new Promise((resolve) => {
    const box = h("dialog", { "aria-label": title || "Message" });
    const close = (id) => {
      box.close();
      box.remove();
      resolve(id);
    };
    const buttons = choices.map((choice) =>
      h("button", { type: "button", class: choice.destructive ? "destructive" : "", onclick: () => close(choice.id) }, choice.text));
    box.append(...[title ? h("h2", {}, title) : null, ...body, h("div.choices", {}, buttons)].filter(Boolean));
    box.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    box.addEventListener("click", (event) => {
      if (event.target === box && !fill) close(null);
    });
    document.body.append(box);
    box.showModal();
    buttons.at(-1)?.focus();
  });
}

export const tell = (text, title) => ask({ title, body: [h("p", {}, text)], choices: [{ id: "ok", text: "OK" }] });

export async function confirm(text, yes, title) {
  const choices = [{ id: "no", text: "Cancel" }, { id: "yes", text: yes }];
  return (await ask({ title, body: [h("p", {}, text)], choices })) === "yes";
}

/** Ask for some fields; resolves with their values, or null. */
export async function form(title, fields, yes) {
  const inputs = fields.map((field) => field.input);
  const body = fields.map((field) => h("label", {}, field.label, field.input));
  const choices = [{ id: "no", text: "Cancel" }, { id: "yes", text: yes }];
  const answer = ask({ title, body, choices, fill: true });
  inputs[0].focus();
  return (await answer) === "yes" ? inputs.map((input) => input.value.trim()) : null;
}

/** A menu hanging from a button. */
export function menu(anchor, items) {
  const box = h("div.menu", { role: "menu" });
  const close = () => {
    box.remove();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape);
  };
  const outside = (event) => { if (!box.contains(event.target)) close(); };
  const escape = (event) => { if (event.key === "Escape") close(); };
  for (const item of items.filter(Boolean)) {
    const run = () => { close(); item.run(); };
    box.append(h("button", { type: "button", role: "menuitem", class: item.destructive ? "destructive" : "", onclick: run }, item.text));
  }
  byId("app").append(box);
  const place = anchor.getBoundingClientRect();
  box.style.top = `${place.bottom + 4}px`;
  box.style.right = `${Math.max(8, innerWidth - place.right)}px`;
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", escape);
  box.firstChild?.focus();
}

/** A picture in full. */
export function view(url) {
  const box = h("dialog.viewer", { "aria-label": "Photo" }, h("img", { src: url, alt: "" }));
  const close = () => { box.close(); box.remove(); };
  box.addEventListener("click", close);
  box.addEventListener("cancel", close);
  document.body.append(box);
  box.showModal();
}
