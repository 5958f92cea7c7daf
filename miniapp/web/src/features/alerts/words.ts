// The words of the alerts screen, both languages in its own file.
import { language } from "../../text";

const en = {
  title: "Alerts",
  emptyTitle: "No alerts yet",
  emptyBody: "Every alert gets a receipt here: what became of it, and why.",
};

type Words = typeof en;

const ru: Words = {
  title: "Журнал сигналов",
  emptyTitle: "Сигналов пока не было",
  emptyBody: "У каждого сигнала будет запись: что с ним стало и почему.",
};

export const words = (): Words => (language.value === "ru" ? ru : en);
