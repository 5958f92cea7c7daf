// Where the button leads, and whether the house is well.
const $ = (id) => document.getElementById(id);

async function read(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function wayIn() {
  const { kind, url } = await read("/pages/way-in");
  const button = $("way-in");
  if (kind === "sandbox") {
    button.href = url;
    button.textContent = "Open the chat";
    $("note").textContent = "A practice chat runs here, no Telegram account needed. All of it is on paper: no real money.";
  } else if (url) {
    button.href = url;
    button.textContent = "Open in Telegram";
  } else {
    $("mini-app").hidden = true;
  }
}

function say(kind, text) {
  const state = $("state");
  state.className = `state ${kind}`;
  $("state-text").textContent = text;
  state.hidden = false;
}

async function health() {
  const found = await read("/health");
  if (!found.database) say("bad", "Database away");
  else if (!found.engine.running) say("", "Engine starting");
  else say("good", "Running");
}

wayIn().catch(() => undefined); // The button leads to the Mini App then, as it stands in the page.
health().catch(() => say("bad", "Not answering"));
