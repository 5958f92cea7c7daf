// The words of the account's own screen, both languages in its own file.
import { integer } from "../../format/number";
import { language } from "../../text";
import { counted, countedRu, russianForm } from "../../text/plural";

const en = {
  paperShort: "Paper trading",
  market: { spot: "Spot", linear: "Perpetuals" },
  state: "Trading state",
  stateBody: {
    running: "Entries, targets and exits are taken.",
    paused: "No new entries are taken. Targets and exits go on.",
    halted: "Nothing new is sent except what you order yourself.",
  } as Record<string, string>,
  pause: "Pause",
  resume: "Resume",
  halt: "Halt…",
  paused: "Paused",
  running: "Running again",
  halted: "Halted",
  haltTitle: "Halt the account?",
  haltBody:
    "Nothing new is sent: no entries, no targets, no stops watched here. Closings already ordered go on. Stops that rest at the venue stay.",
  haltConfirm: "Halt",
  halting: "Halting…",

  venue: "Venue",
  reachable: "Reachable",
  unreachable: "Not reachable",
  entriesHeld: "No entries are sent",
  entriesTried: "One entry is tried",
  latency: "Latency",
  clock: "Clock offset",
  limit: "Rate limit used",
  rules: "Precision rules",
  stream: "Account stream",
  old: (age: string): string => `${age} old`,
  silent: (age: string): string => `heard ${age} ago`,
  engineDown: "The engine does not answer: these figures are old.",
  paper: "A paper account trades here: nothing can be out of reach.",

  compared: "Compared with the venue",
  comparedNone:
    "Nothing has differed so far. Orders, fills and positions are compared every minute.",
  last: "Last difference",
  external: "Traded elsewhere",
  externalHint: "Orders and positions that are not ours are told and left alone.",
  differences: {
    fill: (n: number): string => counted(n, "fill", "fills"),
    order_gone: (n: number): string => counted(n, "order gone", "orders gone"),
    foreign_order: (n: number): string => counted(n, "foreign order", "foreign orders"),
    position: (n: number): string => counted(n, "position differs", "positions differ"),
    balance: (n: number): string => counted(n, "balance differs", "balances differ"),
  } as Record<string, (n: number) => string>,

  emergency: "Emergency",
  emergencyHint: "Cancels every unfilled order and closes every position at market.",
  closeAll: "Close everything…",
  closeAllSheet: {
    title: "Close everything?",
    body: (groups: number, deployed: string) =>
      groups === 0
        ? "No position is open. Unfilled orders are cancelled and the account stays paused."
        : `Cancels every unfilled order, closes ${counted(groups, "position", "positions")} worth ${deployed} at market, and keeps the account paused.`,
    slide: "Slide to close everything",
    working: "Closing everything…",
    done: "Emergency close ordered. The account is paused.",
  },
  report: "What the emergency close did",
  closing: (n: number): string => `${counted(n, "position is", "positions are")} still closing`,
  closingBody: "It is tried again until it is closed.",
  allClosed: "Everything is closed",
  closedCount: (n: number): string => `${integer(n)} closed`,

  more: "Also",
  webhooks: "Webhooks",
  exchanges: "Exchange accounts",
};

type Words = typeof en;

const ru: Words = {
  paperShort: "Торговля на бумаге",
  market: { spot: "Спот", linear: "Бессрочные" },
  state: "Состояние торговли",
  stateBody: {
    running: "Работают входы, цели и выходы.",
    paused: "Новых входов нет. Цели и выходы работают.",
    halted: "Не отправляется ничего нового, кроме ваших приказов.",
  },
  pause: "Пауза",
  resume: "Возобновить",
  halt: "Остановить…",
  paused: "На паузе",
  running: "Снова работает",
  halted: "Остановлен",
  haltTitle: "Остановить счёт?",
  haltBody:
    "Не отправляется ничего нового: ни входы, ни цели, ни стопы, за которыми следим мы. Уже начатые закрытия продолжаются. Стопы, стоящие на бирже, остаются.",
  haltConfirm: "Остановить",
  halting: "Останавливаю…",

  venue: "Площадка",
  reachable: "Доступна",
  unreachable: "Недоступна",
  entriesHeld: "Входы не отправляются",
  entriesTried: "Пробуется один вход",
  latency: "Задержка",
  clock: "Сдвиг часов",
  limit: "Лимит запросов",
  rules: "Правила точности",
  stream: "Поток счёта",
  old: (age) => `${age} назад`,
  silent: (age) => `слышен ${age} назад`,
  engineDown: "Движок не отвечает: эти данные старые.",
  paper: "Бумажный счёт торгует прямо здесь: недоступным он не бывает.",

  compared: "Сверка с площадкой",
  comparedNone: "Расхождений пока не было. Ордера, исполнения и позиции сверяются каждую минуту.",
  last: "Последнее расхождение",
  external: "Торговали в другом месте",
  externalHint: "О чужих ордерах и позициях сообщаем и не трогаем их.",
  differences: {
    fill: (n) => countedRu(n, "исполнение", "исполнения", "исполнений"),
    order_gone: (n) => countedRu(n, "ордер пропал", "ордера пропали", "ордеров пропало"),
    foreign_order: (n) => countedRu(n, "чужой ордер", "чужих ордера", "чужих ордеров"),
    position: (n) => countedRu(n, "позиция отличается", "позиции отличаются", "позиций отличаются"),
    balance: (n) => countedRu(n, "баланс отличается", "баланса отличаются", "балансов отличаются"),
  },

  emergency: "Экстренно",
  emergencyHint: "Отменяет все неисполненные ордера и закрывает все позиции по рынку.",
  closeAll: "Закрыть всё…",
  closeAllSheet: {
    title: "Закрыть всё?",
    body: (groups, deployed) =>
      groups === 0
        ? "Открытых позиций нет. Ордера снимутся, счёт останется на паузе."
        : `Ордера снимутся, ${countedRu(groups, "позиция", "позиции", "позиций")} на ${deployed} ${russianForm(groups, "закроется", "закроются", "закроются")} по рынку, счёт останется на паузе.`,
    slide: "Проведите, чтобы закрыть всё",
    working: "Закрываю всё…",
    done: "Экстренное закрытие начато. Счёт на паузе.",
  },
  report: "Что сделало экстренное закрытие",
  closing: (n) =>
    `Ещё ${countedRu(n, "позиция закрывается", "позиции закрываются", "позиций закрываются")}`,
  closingBody: "Попытки идут, пока не закроется.",
  allClosed: "Всё закрыто",
  closedCount: (n) => `закрыто: ${integer(n)}`,

  more: "Ещё",
  webhooks: "Вебхуки",
  exchanges: "Счета на биржах",
};

export const words = (): Words => (language.value === "ru" ? ru : en);
