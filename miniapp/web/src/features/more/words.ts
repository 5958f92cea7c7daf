// The words of More and About, both languages in its own file.
import { language } from "../../text";

const en = {
  title: "More",
  account: "Account",
  prices: "Prices from",
  exchanges: "Exchange accounts",
  settings: "Settings",
  history: "History",
  preferences: "Preferences",
  haptics: "Haptic feedback",
  about: "About",
  aboutRow: "About and licences",
  chartsTitle: "Charts",
  charts:
    "TradingView Lightweight Charts™. Copyright © 2025 TradingView, Inc. Licensed under the Apache License 2.0.",
  chartsLink: "tradingview.com",
  risk: "Trading can lose money. A paper account trades live prices without real orders.",
  riskTitle: "Risk",
};

type Words = typeof en;

const ru: Words = {
  title: "Ещё",
  account: "Счёт",
  prices: "Источник цен",
  exchanges: "Счета на биржах",
  settings: "Настройки",
  history: "Журналы",
  preferences: "Настройки",
  haptics: "Вибрация",
  about: "О программе",
  aboutRow: "О программе и лицензиях",
  chartsTitle: "Графики",
  charts:
    "TradingView Lightweight Charts™. Copyright © 2025 TradingView, Inc. Лицензия Apache 2.0.",
  chartsLink: "tradingview.com",
  risk: "В торговле можно потерять деньги. Демо-счёт торгует по живым ценам без настоящих ордеров.",
  riskTitle: "Риск",
};

export const words = (): Words => (language.value === "ru" ? ru : en);
