// The words of the account sheet, both languages in its own file.
import { language } from "../../text";

const en = {
  title: "Accounts",
  manage: "Exchange accounts",
  paper: "Paper trading",
  market: { spot: "Spot", linear: "Perpetuals" },
  waiting: (n: number): string => (n === 1 ? "1 offer waits" : `${n} offers wait`),
};

type Words = typeof en;

const plural = new Intl.PluralRules("ru");
const ru: Words = {
  title: "Счета",
  manage: "Счета на биржах",
  paper: "Торговля на бумаге",
  market: { spot: "Спот", linear: "Бессрочные" },
  waiting: (n) => {
    const form = plural.select(n);
    return `${n} ${form === "one" ? "сигнал ждёт" : form === "few" ? "сигнала ждут" : "сигналов ждут"}`;
  },
};

export const words = (): Words => (language.value === "ru" ? ru : en);
