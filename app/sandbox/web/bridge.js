/** What Telegram's web client says to a Mini App and hears from it, by postMessage. */

import { api } from "./api.js";
import { ask, confirm } from "./dialogs.js";
import { h } from "./dom.js";
import { emit, on } from "./live.js";
import { pay } from "./payments.js";
import { Storage } from "./storage.js";
import { themeParams } from "./theme.js";

const NO_INSETS = { top: 0, bottom: 0, left: 0, right: 0 };
const WORDS = { ok: "OK", close: "Close", cancel: "Cancel" };
const STYLE = "html,body{scrollbar-width:thin}";

let current = null;
on("theme", () => current?.theme());
addEventListener("resize", () => current?.viewport());
addEventListener("message", (event) => current?.hear(event));

export class Bridge {
  constructor(app) {
    this.app = app;
    this.storage = new Storage(app.userId);
    current = this;
  }

  stop() { if (current === this) current = null; }

  send(eventType, eventData) {
    this.app.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), this.app.origin);
  }

  /** Only the framed Mini App is listened to. */
  hear(event) {
    if (event.source !== this.app.frame.contentWindow || event.origin !== this.app.origin) return;
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return; // other code's messages
    }
    const act = ACTS[message.eventType];
    if (act) act(this, message.eventData || {});
  }

  theme() { this.send("theme_changed", { theme_params: themeParams() }); }

  viewport() {
    const { clientHeight: height, clientWidth: width } = this.app.frame;
    this.send("viewport_changed", { height, width, is_expanded: true, is_state_stable: true });
  }

  async popup({ title, message, buttons }) {
    const choices = (buttons?.length ? buttons : [{ id: "", type: "close" }]).map((button) => ({
      id: button.id ?? "", text: WORDS[button.type] || button.text, destructive: button.type === "destructive",
    }));
    const pressed = await ask({ title, body: [h("p", {}, message || "")], choices });
    this.send("popup_closed", pressed === null ? {} : { button_id: pressed });
  }

  async writeAccess() {
    const agreed = await confirm("Allow this bot to send you messages?", "Allow", "Messages");
    if (agreed) await api.writeAccess(this.app.userId);
    this.send("write_access_requested", { status: agreed ? "allowed" : "cancelled" });
  }

  async invoice({ slug }) {
    this.send("invoice_closed", { slug, status: await pay(this.app.userId, slug) });
  }

  async clipboard({ req_id: id }) {
    let data = null;
    try {
      data = await navigator.clipboard.readText();
    } catch {
      data = null; // not allowed: Telegram answers without data, too
    }
    this.send("clipboard_text_received", { req_id: id, data });
  }

  custom({ req_id: id, method, params }) {
    const { result, error } = this.storage.custom(method, params);
    this.send("custom_method_invoked", error ? { req_id: id, error } : { req_id: id, result });
  }
}

const unsupported = (event) => (bridge, { req_id: id }) => bridge.send(event, { req_id: id, error: "UNSUPPORTED" });

const ACTS = {
  iframe_ready: (bridge) => { bridge.app.ready(); bridge.send("set_custom_style", STYLE); },
  web_app_ready: (bridge) => bridge.app.ready(),
  web_app_request_theme: (bridge) => bridge.theme(),
  web_app_request_viewport: (bridge) => bridge.viewport(),
  web_app_request_safe_area: (bridge) => bridge.send("safe_area_changed", NO_INSETS),
  web_app_request_content_safe_area: (bridge) => bridge.send("content_safe_area_changed", NO_INSETS),
  web_app_set_header_color: (bridge, { color_key: key, color }) => bridge.app.paint(bridge.app.bar, color || key),
  web_app_set_bottom_bar_color: (bridge, { color }) => bridge.app.paint(bridge.app.foot, color),
  web_app_set_background_color: (bridge, { color }) => bridge.app.paint(bridge.app.phone, color),
  web_app_setup_back_button: (bridge, { is_visible: visible }) => bridge.app.backTo(Boolean(visible)),
  web_app_setup_settings_button: (bridge, { is_visible: visible }) => { bridge.app.settings = Boolean(visible); },
  web_app_setup_closing_behavior: (bridge, { need_confirmation: careful }) => { bridge.app.careful = Boolean(careful); },
  web_app_setup_main_button: (bridge, wanted) => bridge.app.button("main", wanted),
  web_app_setup_secondary_button: (bridge, wanted) => bridge.app.button("secondary", wanted),
  web_app_open_popup: (bridge, popup) => bridge.popup(popup),
  web_app_trigger_haptic_feedback: (bridge) => bridge.app.shake(),
  web_app_open_link: (_bridge, { url }) => emit("open-link", { url, asked: true }),
  web_app_open_tg_link: (_bridge, { path_full: path }) => emit("open-link", { url: `https://t.me${path}` }),
  web_app_open_invoice: (bridge, invoice) => bridge.invoice(invoice),
  web_app_close: (bridge) => bridge.app.shut(),
  web_app_request_write_access: (bridge) => bridge.writeAccess(),
  web_app_request_phone: (bridge) => bridge.send("phone_requested", { status: "cancelled" }),
  web_app_read_text_from_clipboard: (bridge, data) => bridge.clipboard(data),
  web_app_invoke_custom_method: (bridge, data) => bridge.custom(data),
  web_app_device_storage_save_key: (bridge, { req_id: id, key, value }) => {
    bridge.storage.device.set(key, value);
    bridge.send("device_storage_key_saved", { req_id: id });
  },
  web_app_device_storage_get_key: (bridge, { req_id: id, key }) =>
    bridge.send("device_storage_key_received", { req_id: id, value: bridge.storage.device.get(key) }),
  web_app_device_storage_clear: (bridge, { req_id: id }) => {
    bridge.storage.device.clear();
    bridge.send("device_storage_cleared", { req_id: id });
  },
  web_app_secure_storage_save_key: unsupported("secure_storage_failed"),
  web_app_secure_storage_get_key: unsupported("secure_storage_failed"),
  web_app_secure_storage_restore_key: unsupported("secure_storage_failed"),
  web_app_secure_storage_clear: unsupported("secure_storage_failed"),
  web_app_biometry_get_info: (bridge) => bridge.send("biometry_info_received", { available: false }),
  web_app_request_fullscreen: (bridge) => bridge.send("fullscreen_failed", { error: "UNSUPPORTED" }),
  web_app_check_home_screen: (bridge) => bridge.send("home_screen_checked", { status: "unsupported" }),
  web_app_check_location: (bridge) => bridge.send("location_checked", { available: false }),
  web_app_open_scan_qr_popup: (bridge) => bridge.send("scan_qr_popup_closed"),
  web_app_send_prepared_message: (bridge) => bridge.send("prepared_message_failed", { error: "UNSUPPORTED" }),
  web_app_request_file_download: (bridge, { url }) => {
    bridge.send("file_download_requested", { status: "downloading" });
    emit("open-link", { url, asked: true });
  },
};
