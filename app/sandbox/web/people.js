/** The list of chats: one per person, each with the same bot. */

import { api } from "./api.js";
import { form, toast } from "./dialogs.js";
import { avatar, h, icon } from "./dom.js";
import { snippet } from "./message.js";
import { shortTime } from "./time.js";

const LANGUAGES = [["en", "English"], ["ru", "Русский"], ["de", "Deutsch"], ["es", "Español"]];

export function drawPeople(node, people, currentId, choose) {
  node.replaceChildren(...people.map((person) => row(person, person.id === currentId, choose)), add(choose));
}

function row(person, current, choose) {
  const last = person.last;
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
  const said = last ? `${last.sandbox.out ? "You: " : ""}${snippet(last)}` : "Has not started the bot yet";
  return h("button.person", { type: "button", "aria-current": current ? "true" : undefined, onclick: () => choose(person.id) },
    avatar(person),
    h("span.person-body", {},
      h("span.person-line", {}, h("span.person-name", { dir: "auto" }, name), h("span.person-time", {}, last ? shortTime(last.date) : "")),
      h("span.person-line", {}, h("span.person-last", { dir: "auto" }, said),
        person.unread && !current ? h("span.badge", { "aria-label": `${person.unread} unread` }, String(person.unread)) : null)));
}

function add(choose) {
  return h("button.person.add", { type: "button", onclick: () => addPerson(choose) }, h("span.plus", {}, icon("plus")), "Add a person");
}

async function addPerson(choose) {
  const options = LANGUAGES.map(([code, name]) => h("option", { value: code }, name));
  const values = await form("Add a person", [
    { label: "First name", input: h("input", { maxlength: 64, autocomplete: "off" }) },
    { label: "Username (optional)", input: h("input", { maxlength: 32, autocomplete: "off" }) },
    { label: "Language", input: h("select", {}, options) },
  ], "Add");
  if (!values) return;
  try {
    const [firstName, username, language] = values;
    const person = await api.addPerson({ first_name: firstName, username: username.replace(/^@/, ""), language_code: language });
    choose(person.id);
  } catch (problem) {
    toast(problem.message);
  }
}
