/** The page: who is looking, at which chat, and what happens when something happens. */

import { api } from "./api.js";
import { Box } from "./box.js";
import { Controls } from "./controls.js";
import { confirm, menu, tell, toast } from "./dialogs.js";
import { byId, icon } from "./dom.js";
import { emit, follow, on } from "./live.js";
import { Log } from "./log.js";
import { snippet } from "./message.js";
import { MiniApp } from "./miniapp.js";
import { pay } from "./payments.js";
import { drawPeople } from "./people.js";
import { startTheme } from "./theme.js";
import { startTicking } from "./time.js";

const WHO = "sandbox.user";
const ACTION_MS = 5500;
const query = new URLSearchParams(location.search);

const page = { people: [], bot: { first_name: "Countersign", is_bot: true }, userId: 0, chat: null, deepLink: query.get("start") ?? undefined };
const me = () => page.people.find((person) => person.id === page.userId);
const botName = () => page.chat?.name || page.bot.first_name;

const log = new Log(() => ({
  language: me()?.language_code || "en", names: { bot: botName() }, description: page.chat?.description,
}));
const box = new Box(byId("foot"));
let app = null;

/** Say what went wrong instead of failing in silence. */
const trying = (act) => async (...given) => {
  try {
    return await act(...given);
  } catch (problem) {
    toast(problem.message);
    return undefined;
  }
};

function drawSide() {
  drawPeople(byId("people"), page.people, page.userId, choose);
}

function drawChat() {
  byId("bot-name").textContent = botName();
  byId("bot-avatar").textContent = [...botName()][0].toUpperCase();
  const pinned = page.chat.pinned;
  byId("pinned").hidden = !pinned;
  if (pinned) byId("pinned").replaceChildren(Object.assign(document.createElement("b"), { textContent: "Pinned message" }), Object.assign(document.createElement("span"), { textContent: snippet(pinned) }));
  box.show(page.chat, { deepLink: page.deepLink, empty: log.empty });
}

const loadPeople = trying(async () => {
  const state = await api.state();
  page.people = state.users;
  page.bot = state.bot;
  app ??= new MiniApp(state.web_app_origin, () => page.bot);
  const wanted = Number(query.get("user") || localStorage.getItem(WHO));
  if (!me()) page.userId = page.people.find((person) => person.id === wanted)?.id ?? page.people[0].id;
  drawSide();
});

const loadChat = trying(async () => {
  page.chat = await api.chat(page.userId);
  drawChat();
});

const loadAll = trying(async () => {
  await loadPeople();
  if (!page.userId) return;
  const userId = page.userId;
  const [chat] = await Promise.all([api.chat(userId), log.load(userId)]);
  if (userId !== page.userId) return;
  page.chat = chat;
  log.redraw();
  drawChat();
  log.stick();
  await seen();
});

async function choose(userId) {
  document.documentElement.dataset.screen = "chat";
  if (userId === page.userId) return;
  page.userId = userId;
  page.deepLink = undefined;
  localStorage.setItem(WHO, String(userId));
  app?.shut();
  await loadAll();
}

async function seen() {
  const person = me();
  if (!person?.unread || document.hidden) return;
  person.unread = 0;
  drawSide();
  await api.read(page.userId);
}

on("reconnected", loadAll);
on("offline", () => { byId("bot-status").textContent = "waiting for the sandbox…"; });
on("people", loadPeople);
on("profile", async () => { await loadPeople(); await loadChat(); log.redraw(); });
on("chat", ({ chat }) => { if (chat === page.userId) loadChat(); });
on("read", ({ chat }) => {
  const person = page.people.find((one) => one.id === chat);
  if (person) person.unread = 0;
  drawSide();
});

on("message", async ({ chat, message }) => {
  const person = page.people.find((one) => one.id === chat);
  if (person) {
    const fresh = !person.last || message.message_id > person.last.message_id;
    if (fresh && !message.sandbox.out) person.unread += 1;
    if (fresh || message.message_id === person.last.message_id) person.last = message;
  }
  if (chat === page.userId) {
    const wasEmpty = log.empty;
    byId("bot-status").className = "";
    byId("bot-status").textContent = "bot";
    log.put(message);
    if (wasEmpty || page.chat?.pinned?.message_id === message.message_id) loadChat();
    await trying(seen)();
  }
  drawSide();
});

on("deleted", ({ chat, message_ids: ids }) => {
  if (chat === page.userId) log.remove(ids);
  if (ids.includes(page.chat?.pinned?.message_id)) loadChat();
  loadPeople();
});

let calm = 0;
on("action", ({ chat, action }) => {
  if (chat !== page.userId) return;
  const status = byId("bot-status");
  status.className = "busy";
  status.textContent = action === "typing" ? "typing…" : `${action.replaceAll("_", " ").replace(/^(upload|record)/, "$1ing").replace("uploading", "sending")}…`;
  clearTimeout(calm);
  calm = setTimeout(() => { status.className = ""; status.textContent = "bot"; }, ACTION_MS);
});

on("answer", ({ chat, message_id: id, text, alert, url }) => {
  if (chat !== page.userId) return;
  log.answered(id);
  if (url) emit("open-link", { url });
  if (text && alert) tell(text, botName());
  else if (text) toast(text);
});

on("press", trying(async ({ message, data }) => {
  log.wait(message.message_id, data);
  try {
    await api.press(page.userId, message.message_id, data);
  } catch (problem) {
    log.answered(message.message_id);
    throw problem;
  }
}));

on("send", async ({ text, replyTo }) => {
  page.deepLink = undefined;
  try {
    await api.write(page.userId, text, replyTo);
    if (!box.input) await loadChat();
  } catch (problem) {
    toast(problem.message);
    box.giveBack(text);
  }
});

on("answer-to", ({ message }) => box.answerTo(message));
on("unblock", trying(async () => { await api.block(page.userId, false); await api.write(page.userId, "/start"); }));
on("open-app", ({ url, startParam }) => app?.open(page.userId, url, startParam));
on("pay", ({ slug }) => pay(page.userId, slug));

on("open-link", async ({ url, asked }) => {
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return toast("This link leads nowhere.");
  }
  if (parsed.hostname === "t.me") return openTelegram(parsed);
  if (!["http:", "https:"].includes(parsed.protocol)) return toast("The sandbox cannot open this link.");
  if (!asked || (await confirm(url, "Open", "Open this link?"))) open(url, "_blank", "noopener,noreferrer");
  return undefined;
});

/** Links into Telegram that mean our bot: deep links, the Mini App, invoices. */
function openTelegram(link) {
  const [name] = link.pathname.slice(1).split("/");
  if (name.startsWith("$")) return pay(page.userId, name.slice(1));
  if (name !== page.bot.username) return toast("Only this bot lives in the sandbox.");
  if (link.searchParams.has("startapp")) return emit("open-app", { startParam: link.searchParams.get("startapp") });
  app?.shut();
  if (link.searchParams.has("start")) emit("send", { text: `/start ${link.searchParams.get("start")}` });
  return undefined;
}

byId("pinned").addEventListener("click", () => emit("show-message", { id: page.chat.pinned.message_id }));
byId("back").append(icon("back"));
byId("back").addEventListener("click", () => { document.documentElement.dataset.screen = "list"; });
byId("more").append(icon("more"));
byId("more").addEventListener("click", () => menu(byId("more"), [
  { text: "Open the Mini App", run: () => emit("open-app", {}) },
  page.chat?.blocked
    ? { text: "Unblock the bot", run: () => emit("unblock") }
    : { text: "Stop and block the bot", destructive: true, run: trying(() => api.block(page.userId, true)) },
]));
byId("controls-toggle").append(icon("sliders"));
byId("controls-toggle").addEventListener("click", () => {
  const open = byId("controls-top").classList.toggle("open");
  byId("controls-toggle").setAttribute("aria-expanded", String(open));
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) trying(seen)(); });

startTheme();
startTicking();
new Controls(() => page.userId);
follow();
