/** The Mini App's window: a phone-sized frame with Telegram's bars round it. */

import { api } from "./api.js";
import { Bridge } from "./bridge.js";
import { confirm, menu, toast } from "./dialogs.js";
import { avatar, byId, h, icon } from "./dom.js";
import { themeParams } from "./theme.js";

const HEX = /^#[0-9a-f]{6}$/i;

export class MiniApp {
  constructor(origin, bot) {
    this.origin = origin;
    this.bot = bot;
    this.aside = byId("mini");
    this.aside.addEventListener("click", (event) => { if (event.target === this.aside) this.close(); });
  }

  /** Open for this person, at `url` (the Mini App's home without one). */
  async open(userId, url, startParam) {
    let launch;
    try {
      launch = await api.launch(userId, url, startParam);
    } catch (problem) {
      toast(problem.message);
      return;
    }
    this.shut();
    this.userId = userId;
    this.draw(address(launch, startParam));
  }

  draw(src) {
    this.backButton = h("button.icon", { type: "button", onclick: () => this.leave() });
    this.moreButton = h("button.icon", { type: "button", "aria-label": "More", "aria-haspopup": "menu", onclick: () => this.more() }, icon("more"));
    this.bar = h("div.phone-bar", {}, this.backButton,
      h("div.title", {}, h("b", {}, this.bot().first_name), h("small", {}, "mini app")), this.moreButton);
    this.frame = h("iframe", { title: "Mini App", src, allow: "clipboard-write; fullscreen" });
    this.loading = h("div.loading", {}, avatar(this.bot()), h("p", {}, "Opening the Mini App…"));
    this.foot = h("div.phone-foot", { hidden: true });
    this.phone = h("section.phone", {}, this.bar, h("div.stage", {}, this.frame, this.loading), this.foot);
    this.aside.replaceChildren(this.phone);
    this.aside.hidden = false;
    this.main = this.secondary = null;
    this.settings = this.careful = false;
    this.backTo(false);
    this.bridge = new Bridge(this);
    // an app that never says it is ready is shown as it is once it has loaded
    this.frame.addEventListener("load", () => { this.ready(); this.bridge?.viewport(); });
  }

  backTo(visible) {
    this.goesBack = visible;
    this.backButton.replaceChildren(icon(visible ? "back" : "close"));
    this.backButton.setAttribute("aria-label", visible ? "Back" : "Close");
  }

  leave() {
    if (this.goesBack) this.bridge.send("back_button_pressed");
    else this.close();
  }

  ready() { this.loading.hidden = true; }

  more() {
    menu(this.moreButton, [
      this.settings && { text: "Settings", run: () => this.bridge.send("settings_button_pressed") },
      { text: "Reload", run: () => this.open(this.userId) },
      { text: "Close", run: () => this.close() },
    ]);
  }

  async close() {
    if (this.careful && !(await confirm("Changes that you made may not be saved.", "Close anyway"))) return;
    this.shut();
  }

  shut() {
    this.bridge?.stop();
    this.bridge = null;
    this.aside.hidden = true;
    this.aside.replaceChildren();
  }

  /** Paint one of the bars: a theme key or #rrggbb. */
  paint(node, asked) {
    const colour = themeParams()[asked] || asked;
    if (!HEX.test(colour || "")) return;
    node.style.background = colour;
    node.style.color = isDark(colour) ? "#ffffff" : "#000000";
  }

  button(which, wanted) {
    this[which] = { ...this[which], ...wanted };
    const shown = [["secondary", this.secondary], ["main", this.main]].filter(([, one]) => one?.is_visible && one.text);
    this.foot.replaceChildren(...shown.map(([name, one]) => this.footButton(name, one)));
    this.foot.classList.toggle("stacked", ["top", "bottom"].includes(this.secondary?.position));
    this.foot.hidden = shown.length === 0;
    this.bridge.viewport();
  }

  footButton(name, wanted) {
    const press = () => this.bridge.send(`${name}_button_pressed`);
    const node = h("button", { type: "button", disabled: wanted.is_active === false, onclick: press },
      wanted.is_progress_visible ? "…" : wanted.text);
    if (HEX.test(wanted.color || "")) node.style.background = wanted.color;
    if (HEX.test(wanted.text_color || "")) node.style.color = wanted.text_color;
    return node;
  }

  shake() {
    this.phone.classList.remove("shake");
    requestAnimationFrame(() => this.phone.classList.add("shake"));
  }
}

/** The address with launch parameters in the fragment, as Telegram's web client builds it. */
function address(launch, startParam) {
  const params = [
    ["tgWebAppData", launch.init_data],
    ["tgWebAppVersion", "9.6"],
    ["tgWebAppPlatform", "web"],
    ["tgWebAppThemeParams", JSON.stringify(themeParams())],
  ];
  if (startParam) params.push(["tgWebAppStartParam", startParam]);
  const fragment = params.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `${launch.url}${launch.url.includes("#") ? "&" : "#"}${fragment}`;
}

function isDark(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 < 140;
}
