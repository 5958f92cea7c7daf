// The words of connecting TradingView, both languages in its own file.
import { language } from "../../text";

const en = {
  title: "TradingView",
  row: "TradingView alerts",
  intro:
    "In TradingView, open the alert, switch on Webhook URL, and paste these two. Each alert then arrives as an offer.",
  url: "Webhook URL",
  body: "Message",
  last: "Last alert",
  never: "None yet",
  total: "Alerts received",
  label: "My alerts",
  create: "Create webhook",
  created: "Webhook created",
  emptyTitle: "No webhook yet",
  emptyBody: "Create one, paste it into your TradingView alert, and its signals come here.",
};

type Words = typeof en;

const ru: Words = {
  title: "TradingView",
  row: "Сигналы TradingView",
  intro:
    "В TradingView откройте оповещение, включите Webhook URL и вставьте оба поля. Каждое срабатывание придёт сюда.",
  url: "Webhook URL",
  body: "Сообщение",
  last: "Последнее срабатывание",
  never: "Пока нет",
  total: "Всего получено",
  label: "Мои сигналы",
  create: "Создать адрес",
  created: "Адрес создан",
  emptyTitle: "Адреса пока нет",
  emptyBody: "Создайте его и вставьте в оповещение TradingView: его сигналы придут сюда.",
};

export const words = (): Words => (language.value === "ru" ? ru : en);
