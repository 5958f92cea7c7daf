/** The page's HTTP interface. */

export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || body?.description || `The sandbox answered ${status}.`);
    this.code = body?.code;
  }
}

async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, { detail: "The sandbox does not answer. Is it still running?" });
  }
  const parsed = await answer.json().catch(() => null);
  if (!answer.ok) throw new Problem(answer.status, parsed);
  return parsed;
}

const chat = (id) => `/sandbox/api/chats/${id}`;

export const api = {
  state: () => call("GET", "/sandbox/api/state"),
  addPerson: (body) => call("POST", "/sandbox/api/users", body),
  chat: (id) => call("GET", chat(id)),
  history: (id, before) => call("GET", `${chat(id)}/messages${before ? `?before=${before}` : ""}`),
  write: (id, text, replyTo) => call("POST", `${chat(id)}/messages`, { text, reply_to: replyTo }),
  press: (id, messageId, data) => call("POST", `${chat(id)}/press`, { message_id: messageId, data }),
  read: (id) => call("POST", `${chat(id)}/read`, {}),
  block: (id, blocked) => call("POST", `${chat(id)}/block`, { blocked }),
  launch: (id, url, start) => call("POST", `${chat(id)}/launch`, { url, start_param: start }),
  writeAccess: (id) => call("POST", `${chat(id)}/write-access`, {}),
  pay: (id, slug) => call("POST", `${chat(id)}/pay`, { slug }),
  invoice: (slug) => call("GET", `/sandbox/api/invoices/${encodeURIComponent(slug)}`),
  alert: (user, symbol, side) => call("POST", "/sandbox/api/alerts", { user, symbol, side }),
  market: () => call("GET", "/sandbox/market"),
  setPrice: (symbol, price) => call("POST", "/sandbox/market", { symbol, price }),
  file: (id) => `/sandbox/files/${encodeURIComponent(id)}`,
};
