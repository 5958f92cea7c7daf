// The words of the trades screen, both languages in its own file.
import { language } from "../../text";
import { counted, countedRu } from "../../text/plural";

const en = {
  title: "Trades",
  results: "Results",
  by: { day: "Days", week: "Weeks", month: "Months" },
  weekOf: (day: string): string => `Week of ${day}`,
  trades: (n: number): string => counted(n, "trade", "trades"),
  won: (share: string): string => `${share} won`,
  ended: "How they ended",
  which: { any: "All", won: "Won", lost: "Lost" },
  quantity: "Quantity",
  entry: "Average entry",
  exit: "Average exit",
  cost: "Invested",
  fees: "Fees",
  held: "Held for",
  against: "At its worst",
  favour: "At its best",
  pyramids: "Pyramids",
  source: "Source",
  imported: "Imported",
  open: "Chart, orders and story",
  emptyTitle: "No closed trades yet",
  emptyBody: "When a position closes, its result, fees and reason are kept here.",
  noneOf: "No trade ended that way yet.",
};

type Words = typeof en;

const ru: Words = {
  title: "Сделки",
  results: "Результаты",
  by: { day: "Дни", week: "Недели", month: "Месяцы" },
  weekOf: (day) => `Неделя с ${day}`,
  trades: (n) => countedRu(n, "сделка", "сделки", "сделок"),
  won: (share) => `${share} с прибылью`,
  ended: "Чем закончились",
  which: { any: "Все", won: "В плюсе", lost: "В минусе" },
  quantity: "Количество",
  entry: "Средний вход",
  exit: "Средний выход",
  cost: "Вложено",
  fees: "Комиссии",
  held: "Длилась",
  against: "В худший миг",
  favour: "В лучший миг",
  pyramids: "Пирамиды",
  source: "Источник",
  imported: "Импортирована",
  open: "График, ордера и история",
  emptyTitle: "Закрытых сделок пока нет",
  emptyBody: "Когда позиция закроется, здесь останутся результат, комиссии и причина.",
  noneOf: "Так ещё ни одна сделка не закончилась.",
};

export const words = (): Words => (language.value === "ru" ? ru : en);
