/** Cloud and device storage of the Mini App, per person, in this browser. */

const PREFIX = "sandbox.storage";

class Drawer {
  constructor(name) { this.name = name; }
  all() { return JSON.parse(localStorage.getItem(this.name) || "{}"); }
  keep(values) { localStorage.setItem(this.name, JSON.stringify(values)); }
  get(key) { return this.all()[key] ?? null; }
  set(key, value) {
    const values = this.all();
    if (value === null) delete values[key];
    else values[key] = String(value);
    this.keep(values);
  }
  clear() { localStorage.removeItem(this.name); }
}

export class Storage {
  constructor(userId) {
    this.device = new Drawer(`${PREFIX}.device.${userId}`);
    this.cloud = new Drawer(`${PREFIX}.cloud.${userId}`);
  }

  /** Telegram's custom methods of the cloud storage: `{result}` or `{error}`. */
  custom(method, params = {}) {
    const values = this.cloud.all();
    if (method === "saveStorageValue") {
      this.cloud.set(params.key, params.value);
      return { result: true };
    }
    if (method === "getStorageValues") {
      return { result: Object.fromEntries((params.keys || []).map((key) => [key, values[key] ?? ""])) };
    }
    if (method === "getStorageKeys") return { result: Object.keys(values) };
    if (method === "deleteStorageValues") {
      for (const key of params.keys || []) this.cloud.set(key, null);
      return { result: true };
    }
    return { error: "METHOD_NOT_FOUND" };
  }
}
