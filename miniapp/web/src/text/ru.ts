// The same words in Russian.
import { integer } from "../format/number";
import type { Catalogue } from "./en";

const plural = new Intl.PluralRules("ru");

/** One of three forms: 1 ордер, 2 ордера, 5 ордеров. */
function form(n: number, one: string, few: string, many: string): string {
  const rule = plural.select(n);
  return rule === "one" ? one : rule === "few" ? few : many;
}

const count = (n: number, one: string, few: string, many: string): string =>
  `${integer(n)} ${form(n, one, few, many)}`;

export const ru: Catalogue = {
  app: "Countersign",
  tabs: { label: "Разделы", home: "Главная", offers: "Сигналы", positions: "Позиции", more: "Ещё" },
  waiting: (n) => form(n, "ждёт", "ждут", "ждут"),
  loading: "Загрузка",
  retry: "Повторить",
  cancel: "Отмена",
  back: "Назад",
  account: "Счёт",
  reference: (id) => `Номер обращения ${id}`,
  side: { long: "Лонг", short: "Шорт" },

  outside: {
    title: "Откройте Countersign из Telegram",
    body: "Вход происходит через Telegram. Откройте чат бота и нажмите кнопку меню или кнопку под любым его сообщением.",
  },
  expired: {
    title: "Откройте снова из чата",
    body: "Сеанс закончился. Закройте страницу и откройте её из чата бота. В Telegram Desktop сначала выберите в меню «Перезагрузить страницу»: он часами хранит старый вход.",
  },
  unreachable: {
    title: "Сервер не отвечает",
    body: "Ничего не потеряно: ордера и цели остаются у движка. Проверьте связь и попробуйте ещё раз.",
  },
  offline: (since) => `Нет связи. Показано то, что было известно ${since}`,
  offlineNothing: "Нет связи",
  broke: { title: "Что-то пошло не так", body: "Этот экран не удалось показать." },
  loadFailed: "Не удалось загрузить",

  freshness: {
    live: "Сейчас",
    old: (age) => `${age} назад`,
    none: "Нет цен",
    blocked: (age) => `Ценам уже ${age}. Одобрить можно, как только они снова станут свежими.`,
    blockedNone: "Свежих цен нет. Одобрить можно, как только они появятся.",
  },

  state: {
    running: "Работает",
    paused: "Пауза",
    halted: "Остановлен",
    engineDown: "Движок не отвечает",
    pausedBody: "Новых входов нет. Цели и выходы работают.",
    haltedBody: "Не отправляется ничего, кроме ваших приказов.",
    engineDownBody: "Ордера на площадке остаются. Новые решения ждут его возвращения.",
    resume: "Продолжить",
    pause: "Пауза",
  },

  home: {
    equity: "Капитал",
    today: "сегодня",
    total: "Всего",
    realized: "Закрыто",
    unrealized: "Открыто",
    decide: "Ждёт вашего решения",
    allOffers: (n) => `Все ${integer(n)}`,
    positions: "Позиции",
    allPositions: (n) => `Все ${integer(n)}`,
    engine: "Движок",
    pool: "Открытые позиции",
    ofMax: (n, max) => `${integer(n)} из ${integer(max)}`,
    deployed: "В работе",
    free: "Свободно",
    queue: "Очередь",
    risk: "Риск-движок",
    on: "Включён",
    off: "Выключен",
    lastAlert: "Последний сигнал",
    noAlert: "Пока нет",
    testAlert: "Пробный",
    closeAll: "Закрыть всё",
    unknownOrders: (n) =>
      `${count(n, "ордер", "ордера", "ордеров")} без ясного ответа площадки. Движок выясняет.`,
    emptyTitle: "Готов к первому сигналу",
    emptyBody:
      "Сигналы появляются здесь. Отправьте себе пробный и одобрите его: демо-счёт откроет настоящую сетку.",
    emptyAction: "Отправить пробный сигнал",
    quietTitle: "Всё спокойно",
    quietBody:
      "Ни одно предложение не ждёт, ни одна позиция не открыта. Следующий сигнал появится здесь сам.",
    testSent: "Пробный сигнал отправлен",
  },

  receipt: {
    accepted: "Принят",
    duplicate: "Повтор",
    stale: "Устарел",
    refused: "Отклонён",
    rate_limited: "Слишком часто",
    unauthorised: "Без доступа",
  },

  offer: {
    title: "Сигналы",
    entry: "Вход",
    market: "По рынку",
    target: "Цель",
    stop: "Стоп",
    average: "Средняя",
    capital: "Сумма",
    ofCapital: "От капитала",
    exposure: "Всего в рынке",
    step: (n, max) => `Вход ${integer(n)} из ${integer(max)}`,
    ladder: (n) => `Сетка, ${count(n, "ордер", "ордера", "ордеров")}`,
    approve: "Одобрить",
    reject: "Отклонить",
    undo: "Отменить",
    approving: "Одобряю…",
    rejecting: "Отклоняю…",
    goesOut: (seconds) => `Уйдёт через ${integer(seconds)} с`,
    taking: "Одобрено. Уходит",
    taken: "Одобрено и взято",
    notTaken: "Одобрено, но не взято",
    open: "Открыть",
    consent: "Одобряя, вы принимаете предупреждение о рисках.",
    rejected: "Отклонено. Сделки не было",
    expired: "Истекло. Сделки не было",
    withdrawn: "Отозвано. Сделки не было",
    tooLate: "Отменить уже нельзя: ушло",
    decidedElsewhere: (what, where, when) => `${what} ${where} в ${when}`,
    channel: { chat: "в чате", app: "в приложении", policy: "по вашему правилу" },
    openPosition: "Открыть позицию",
    expiresIn: (left) => `Истекает через ${left}`,
    decidedHead: "Недавние решения",
    emptyTitle: "Новых сигналов нет",
    emptyBody: "Сигнал появится здесь с ценой и сеткой и будет ждать вашего решения.",
    statusWord: {
      approved: "Одобрено",
      rejected: "Отклонено",
      expired: "Истекло",
      withdrawn: "Отозвано",
      pending: "Ждёт",
    },
  },

  leg: {
    filled: "исполнен",
    partially_filled: "частично",
    open: "открыт",
    pending: "уходит",
    cancelled: "снят",
    failed: "не принят",
    tp_hit: "цель",
    closed: "закрыт",
    target: (price) => `Цель ${price}`,
    progress: (percent) => `${percent} пути`,
    name: (n) => `Ордер ${integer(n)}`,
  },

  group: {
    status: {
      waiting: "Ждёт правил",
      live: "Ордера выставлены",
      partially_filled: "Набирается",
      active: "В работе",
      closing: "Закрывается",
      closed: "Закрыта",
      failed: "Не открылась",
    },
    avg: "Средняя",
    now: "Сейчас",
    avgNow: (avg, now) => [`Средняя ${avg}`, `Сейчас ${now}`],
    legs: (filled, total) => `${integer(filled)} из ${integer(total)} ордеров`,
    pyramids: (n, max) => `Вход ${integer(n)} из ${integer(max)}`,
    noFill: "Пока ничего не исполнено",
    nextTarget: "Следующая цель",
    nextEntry: "Следующий вход",
    invested: "Вложено",
    quantity: "Количество",
    fees: "Комиссии",
    tpModes: {
      per_leg: "По ордерам",
      aggregate: "По средней",
      hybrid: "По ордерам или средней",
      pyramid_aggregate: "По каждому входу",
    },
    opened: "Открыта",
    details: "Подробности",
    ladder: "Сетка",
    pyramid: (n) => `Вход ${integer(n)}`,
    entryAt: (price) => `по ${price}`,
    orders: "Ордера",
    orderUnknown: "ответ неизвестен, спрашиваем площадку",
    story: "История",
    storyEmpty: "Здесь появится каждое решение по этой позиции и его причина.",
    times: (n) => `${integer(n)} раз`,
    chart: "График цены",
    chartSummary: (symbol, last, low, high) =>
      `${symbol}, свечи: последняя ${last}, от ${low} до ${high}`,
    chartNone: "Свечей по этому инструменту пока нет",
    close: "Закрыть позицию",
    closeTitle: (symbol) => `Закрыть ${symbol}?`,
    closeBody: "Неисполненные ордера снимутся, открытое количество закроется по рынку.",
    closePartBody: "Эта доля закроется по рынку. Неисполненные ордера останутся.",
    share: "Какую долю закрыть",
    confirmClose: (share) => `Закрыть ${share} по рынку`,
    closing: "Закрываю…",
    closeSent: "Приказ закрыть принят",
    retry: "Повторить",
    retrySent: "Ордера отправлены снова",
    failedBody: "Ни один ордер не был принят. Повторите или закройте позицию.",
    duration: "Длительность",
    listTitle: "Позиции",
    emptyTitle: "Открытых позиций нет",
    emptyBody: "Одобренный сигнал откроет позицию: её сетка и цели будут здесь.",
    emptyAction: "К сигналам",
    exit: {
      target: "Цель достигнута",
      exit_signal: "Сигнал на выход",
      manual: "Закрыта вами",
      emergency: "Экстренное закрытие",
      risk_offset: "Риск-движок",
      stop: "Стоп",
      time: "По времени",
      guard: "Защита капитала",
      external: "Закрыта вне системы",
    },
  },

  purpose: {
    entry: "Вход",
    take_profit: "Цель",
    exit: "Выход",
    reduce: "Сокращение",
    stop: "Стоп",
  },

  emergency: {
    title: "Закрыть всё?",
    body: (groups, deployed) =>
      groups === 0
        ? "Открытых позиций нет. Ордера снимутся, счёт останется на паузе."
        : `Ордера снимутся, ${count(groups, "позиция", "позиции", "позиций")} на ${deployed} ${form(groups, "закроется", "закроются", "закроются")} по рынку, счёт останется на паузе.`,
    slide: "Проведите, чтобы закрыть всё",
    working: "Закрываю всё…",
    done: "Экстренное закрытие начато. Счёт на паузе.",
  },

  trades: {
    title: "Сделки",
    emptyTitle: "Закрытых сделок пока нет",
    emptyBody: "Когда позиция закроется, здесь останутся результат, комиссии и причина.",
  },

  connect: {
    title: "TradingView",
    row: "Сигналы TradingView",
    intro:
      "В TradingView откройте оповещение, включите Webhook URL и вставьте оба поля. Каждое срабатывание придёт сюда.",
    url: "Webhook URL",
    body: "Сообщение",
    copy: "Копировать",
    copied: "Скопировано",
    copyFailed: "Копирование здесь запрещено: выделите текст",
    last: "Последнее срабатывание",
    never: "Пока нет",
    total: "Всего получено",
    label: "Мои сигналы",
    create: "Создать адрес",
    created: "Адрес создан",
    emptyTitle: "Адреса пока нет",
    emptyBody: "Создайте его и вставьте в оповещение TradingView: его сигналы придут сюда.",
  },

  alerts: {
    title: "Журнал сигналов",
    emptyTitle: "Сигналов пока не было",
    emptyBody: "У каждого сигнала будет запись: что с ним стало и почему.",
  },

  more: {
    title: "Ещё",
    account: "Счёт",
    prices: "Источник цен",
    exchanges: "Счета на биржах",
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
  },
};
