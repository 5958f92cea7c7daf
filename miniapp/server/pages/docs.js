// Draws /api/openapi.json as a page: operations by tag, their parameters, bodies and answers.
const METHODS = ["get", "post", "put", "delete"];
const REF = "#/components/schemas/";
let schemas = {};

/** An element with attributes and children; text is text, never markup. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const nameOf = (schema) => schema.$ref?.slice(REF.length);
const isNull = (schema) => schema.type === "null";

/** What may stand there: words, and a button for every object that can be unfolded. */
function typeOf(schema, unfold) {
  const name = nameOf(schema);
  if (name) return [unfoldable(name.replace(/_/g, " ").trim(), name, unfold)];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    const shown = choices.filter((one) => !isNull(one)).flatMap((one, n) => [n ? " or " : "", ...typeOf(one, unfold)]);
    return choices.some(isNull) ? [...shown, " or null"] : shown;
  }
  if (schema.enum) return [schema.enum.join(" · ")];
  if ("const" in schema) return [String(schema.const)];
  if (schema.type === "array") return ["list of ", ...typeOf(schema.items ?? {}, unfold)];
  if (schema.type === "object") return ["object"];
  const word = schema.format === "date-time" ? "time" : isDecimal(schema) ? "decimal" : schema.type;
  return [[word ?? "anything", bounds(schema)].filter(Boolean).join(", ")];
}

const isDecimal = (schema) => schema.type === "string" && /\\d|0-9\]\{1,/.test(schema.pattern ?? "");

function bounds(schema) {
  const { minimum, maximum, maxLength } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `from ${minimum}`;
  if (maximum !== undefined) return `to ${maximum}`;
  return maxLength === undefined ? "" : `at most ${maxLength} characters`;
}

function unfoldable(label, name, unfold) {
  const button = el("button", { type: "button", "aria-expanded": "false" }, label);
  button.addEventListener("click", () => unfold(button, name));
  return button;
}

/** Shows the fields of an object below the row that names it, or takes them away again. */
function unfolder(place) {
  const opened = new Map();
  return (button, name) => {
    const known = opened.get(button);
    button.setAttribute("aria-expanded", String(!known));
    if (known) {
      known.remove();
      opened.delete(button);
      return;
    }
    const box = el("div", { class: "fields" }, fieldsOf(schemas[name] ?? {}));
    place.append(box);
    opened.set(button, box);
  };
}

function row(name, schema, required) {
  const place = el("td");
  const kind = el("span", { class: "type" }, ...typeOf(schema, unfolder(place)));
  const needed = required ? el("span", { class: "needed" }, " needed") : null;
  place.append(kind, ...(needed ? [needed] : []));
  if (schema.description) place.append(el("div", { class: "hint" }, schema.description));
  return el("tr", {}, el("td", {}, name), place);
}

function fieldsOf(schema) {
  const properties = Object.entries(schema.properties ?? {});
  const rows = properties.map(([name, field]) => row(name, field, false));
  return el("table", {}, el("tbody", {}, ...rows));
}

function section(title, rows) {
  if (rows.length === 0) return [];
  return [el("h4", {}, title), el("table", {}, el("tbody", {}, ...rows))];
}

function answers(responses) {
  return Object.entries(responses).map(([status, response]) => {
    const [media] = Object.entries(response.content ?? {});
    const place = el("td", {}, response.description);
    if (media && Number(status) < 300) {
      place.append(": ", el("span", { class: "type" }, ...typeOf(media[1].schema, unfolder(place))));
    }
    return el("tr", {}, el("td", {}, status), place);
  });
}

const called = (id) => id[0].toUpperCase() + id.slice(1).replaceAll("_", " ");

const marked = (text) =>
  text.split(/``([^`]+)``/).map((part, n) => (n % 2 ? el("code", {}, part) : part));

function operation(method, path, declared) {
  const body = declared.requestBody?.content?.["application/json"]?.schema;
  const bodyFields = body ? (schemas[nameOf(body)] ?? body) : {};
  const needed = new Set(bodyFields.required ?? []);
  const parameters = declared.parameters ?? [];
  const article = el(
    "article",
    { id: declared.operationId },
    el("h3", {}, el("span", { class: `method ${method}` }, method.toUpperCase()), path),
    el("p", { class: "says" }, ...marked([declared.summary, declared.description].filter(Boolean).join(" "))),
    declared.security ? null : el("p", { class: "open" }, "Needs no session."),
    ...section("Parameters", parameters.map((one) => row(one.name, { description: one.description, ...one.schema }, one.required))),
    ...section("Body", Object.entries(bodyFields.properties ?? {}).map(([name, field]) => row(name, field, needed.has(name)))),
    ...section("Answers", answers(declared.responses)),
  );
  article.dataset.words = `${method} ${path} ${declared.summary} ${declared.operationId}`.toLowerCase();
  return article;
}

function draw(document_) {
  schemas = document_.components.schemas;
  const main = document.getElementById("operations");
  const contents = document.getElementById("contents");
  const byTag = new Map();
  for (const [path, methods] of Object.entries(document_.paths)) {
    for (const method of METHODS.filter((one) => methods[one])) {
      const tag = methods[method].tags[0];
      byTag.set(tag, [...(byTag.get(tag) ?? []), [method, path, methods[method]]]);
    }
  }
  for (const [tag, operations] of byTag) {
    const title = tag[0].toUpperCase() + tag.slice(1);
    contents.append(el("h2", {}, title));
    main.append(el("h2", {}, title));
    for (const [method, path, declared] of operations) {
      contents.append(el("a", { href: `#${declared.operationId}` }, called(declared.operationId)));
      main.append(operation(method, path, declared));
    }
  }
}

function find() {
  const words = document.getElementById("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const article of document.querySelectorAll("article")) {
    const fits = words.every((word) => article.dataset.words.includes(word));
    article.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  for (const title of document.querySelectorAll("main > h2")) {
    let next = title.nextElementSibling;
    let any = false;
    for (; next?.tagName === "ARTICLE"; next = next.nextElementSibling) any ||= !next.hidden;
    title.hidden = !any;
  }
  document.getElementById("none").hidden = shown > 0;
}

async function start() {
  const answer = await fetch("/api/openapi.json");
  if (!answer.ok) throw new Error(String(answer.status));
  draw(await answer.json());
  document.getElementById("find").addEventListener("input", find);
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

start().catch(() => {
  const none = document.getElementById("none");
  none.textContent = "The API document could not be loaded. Reload the page to try again.";
  none.hidden = false;
});
