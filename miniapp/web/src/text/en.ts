// Every word the page says, in English. Whole sentences, so that other languages can order them.
import { integer } from "../format/number";

const plural = new Intl.PluralRules("en");
const count = (n: number, one: string, other: string): string =>
  `${integer(n)} ${plural.select(n) === "one" ? one : other}`;

export const en = {
  app: "Countersign",
  tabs: { label: "Main", home: "Home", offers: "Offers", positions: "Positions", more: "More" },
  waiting: (n: number) => count(n, "waiting", "waiting"),
  loading: "Loading",
  retry: "Try again",
  cancel: "Cancel",
  back: "Back",
  reference: (id: string) => `Reference ${id}`,
  side: { long: "Long", short: "Short" } as Record<string, string>,

  outside: {
    title: "Open Countersign from Telegram",
    body: "This page signs you in through Telegram. Open the bot’s chat and tap Dashboard, or the button under any of its messages.",
  },
  expired: {
    title: "Reopen from the chat",
    body: "Your session has ended. Close this page and open it again from the bot’s chat. On Telegram Desktop, choose Reload Page in the menu first: it may keep an old sign-in for hours.",
  },
  unreachable: {
    title: "The server does not answer",
    body: "Nothing is lost: your orders and targets stay with the engine. Check your connection and try again.",
  },
  offline: (since: string) => `Offline. Showing what was known ${since}`,
  offlineNothing: "Offline",
  broke: { title: "Something went wrong", body: "This screen could not be shown." },
  loadFailed: "This could not be loaded",

  freshness: {
    live: "Live",
    old: (age: string) => `${age} old`,
    none: "No prices",
    blocked: (age: string) =>
      `Prices are ${age} old. Approving is possible again as soon as they are live.`,
    blockedNone: "There are no live prices. Approving is possible again as soon as there are.",
  },

  state: {
    running: "Running",
    paused: "Paused",
    halted: "Halted",
    engineDown: "Engine not answering",
    pausedBody: "No new entries are taken. Targets and exits go on.",
    haltedBody: "Nothing new is sent except what you order yourself.",
    engineDownBody: "Orders at the venue stay in place. New decisions wait until it is back.",
    resume: "Resume",
    pause: "Pause",
  },

  home: {
    equity: "Equity",
    today: "today",
    total: "Total",
    realized: "Realised",
    unrealized: "Unrealised",
    decide: "Needs your decision",
    allOffers: (n: number) => `All ${count(n, "offer", "offers")}`,
    positions: "Positions",
    allPositions: (n: number) => `All ${count(n, "position", "positions")}`,
    engine: "Engine",
    pool: "Open groups",
    ofMax: (n: number, max: number) => `${integer(n)} of ${integer(max)}`,
    deployed: "Deployed",
    free: "Free",
    queue: "Waiting queue",
    lastAlert: "Last alert",
    noAlert: "None yet",
    testAlert: "Test alert",
    closeAll: "Close all",
    unknownOrders: (n: number) =>
      `${count(n, "order has", "orders have")} no clear answer from the venue yet. The engine is asking.`,
    emptyTitle: "Ready for the first signal",
    emptyBody:
      "Alerts become offers here. Send yourself a test alert and countersign it: the paper account opens a real ladder.",
    emptyAction: "Send a test alert",
    testSent: "Test alert sent",
  },

  receipt: {
    accepted: "Accepted",
    duplicate: "Duplicate",
    stale: "Too old",
    refused: "Refused",
    rate_limited: "Too many",
    unauthorised: "Unauthorised",
  } as Record<string, string>,

  offer: {
    title: "Offers",
    entry: "Entry",
    market: "At market",
    target: "Target",
    stop: "Stop",
    average: "Average",
    capital: "Capital",
    ofCapital: "Of capital",
    exposure: "Exposure after",
    step: (n: number, max: number) => `Pyramid ${integer(n)} of ${integer(max)}`,
    ladder: (n: number) => `Ladder, ${count(n, "leg", "legs")}`,
    approve: "Approve",
    reject: "Reject",
    undo: "Undo",
    approving: "Approving…",
    rejecting: "Rejecting…",
    goesOut: (seconds: number) => `Goes out in ${integer(seconds)} s`,
    taking: "Approved. Going out now",
    taken: "Approved and taken",
    notTaken: "Approved, but not taken",
    open: "Open",
    consent: "By approving you accept the risk notice.",
    rejected: "Rejected. Nothing was traded",
    expired: "Expired. Not traded",
    withdrawn: "Withdrawn. Not traded",
    tooLate: "Too late to undo: it has gone out",
    decidedElsewhere: (what: string, where: string, when: string) => `${what} ${where} at ${when}`,
    channel: { chat: "in the chat", app: "in the app", policy: "by your policy" } as Record<
      string,
      string
    >,
    openPosition: "Open position",
    expiresIn: (left: string) => `Expires in ${left}`,
    decidedHead: "Recently decided",
    emptyTitle: "No offers waiting",
    emptyBody:
      "When a signal arrives it is priced and shown here until you approve, reject or let it expire.",
    statusWord: {
      approved: "Approved",
      rejected: "Rejected",
      expired: "Expired",
      withdrawn: "Withdrawn",
      pending: "Waiting",
    } as Record<string, string>,
  },

  leg: {
    filled: "filled",
    partially_filled: "partly filled",
    open: "open",
    pending: "sending",
    cancelled: "cancelled",
    failed: "failed",
    tp_hit: "target hit",
    target: (price: string) => `Target ${price}`,
    progress: (percent: string) => `${percent} of the way`,
    name: (n: number) => `Leg ${integer(n)}`,
  },

  group: {
    status: {
      waiting: "Waiting for rules",
      live: "Orders placed",
      partially_filled: "Filling",
      active: "Active",
      closing: "Closing",
      closed: "Closed",
      failed: "Failed",
    } as Record<string, string>,
    avg: "Average",
    now: "Now",
    avgNow: (avg: string, now: string): readonly [string, string] => [`Avg ${avg}`, `Now ${now}`],
    legs: (filled: number, total: number) => `${integer(filled)} of ${integer(total)} legs`,
    pyramids: (n: number, max: number) => `Pyramid ${integer(n)} of ${integer(max)}`,
    noFill: "Nothing filled yet",
    nextTarget: "Next target",
    nextEntry: "Next entry",
    invested: "Invested",
    quantity: "Open quantity",
    fees: "Fees",
    tpMode: "Take profit",
    tpModes: { per_leg: "Per leg", aggregate: "On the average" } as Record<string, string>,
    opened: "Opened",
    details: "Details",
    ladder: "Ladder",
    pyramid: (n: number) => `Pyramid ${integer(n)}`,
    entryAt: (price: string) => `entry ${price}`,
    orders: "Orders",
    orderUnknown: "answer unknown, asking the venue",
    story: "Story",
    times: (n: number) => `${integer(n)} times`,
    storyEmpty: "Every decision about this position appears here with its reason.",
    chart: "Price chart",
    chartSummary: (symbol: string, last: string, low: string, high: string) =>
      `${symbol} candles: last ${last}, between ${low} and ${high}`,
    chartNone: "No candles for this symbol yet",
    close: "Close position",
    closeTitle: (symbol: string) => `Close ${symbol}?`,
    closeBody: "Unfilled legs are cancelled and the open quantity is closed at market.",
    closePartBody: "This share of the open quantity is closed at market. Unfilled legs stay.",
    share: "Share to close",
    confirmClose: (share: string) => `Close ${share} at market`,
    closing: "Closing…",
    closeSent: "Close ordered",
    duration: "Duration",
    listTitle: "Positions",
    emptyTitle: "No open positions",
    emptyBody: "An approved offer opens a position here, with its ladder and targets live.",
    emptyAction: "See offers",
    exit: {
      target: "Target reached",
      exit_signal: "Exit signal",
      manual: "Closed by you",
      emergency: "Emergency close",
      risk_offset: "Risk engine",
      stop: "Stop",
      time: "Time limit",
      guard: "Drawdown guard",
      external: "Closed outside",
    } as Record<string, string>,
  },

  purpose: {
    entry: "Entry",
    take_profit: "Take profit",
    exit: "Exit",
    reduce: "Reduce",
  } as Record<string, string>,

  emergency: {
    title: "Close everything?",
    body: (groups: number, deployed: string) =>
      groups === 0
        ? "No position is open. Unfilled orders are cancelled and the account stays paused."
        : `Cancels every unfilled order, closes ${count(groups, "position", "positions")} worth ${deployed} at market, and keeps the account paused.`,
    slide: "Slide to close everything",
    working: "Closing everything…",
    done: "Emergency close ordered. The account is paused.",
  },

  trades: {
    title: "Trades",
    emptyTitle: "No closed trades yet",
    emptyBody: "When a position closes, its result, fees and reason are kept here.",
  },

  queue: {
    title: "Waiting queue",
    promote: "Promote",
    remove: "Remove",
    promoted: "Promoted",
    removed: "Removed from the queue",
    entry: "Entry",
    expires: (at: string) => `until ${at}`,
    emptyTitle: "Nothing is waiting",
    emptyBody: "When every slot is taken, approved signals wait here, ranked, for the next one.",
  },

  connect: {
    title: "TradingView",
    row: "TradingView alerts",
    intro:
      "In TradingView, open the alert, switch on Webhook URL, and paste these two. Each alert then arrives as an offer.",
    url: "Webhook URL",
    body: "Message",
    copy: "Copy",
    copied: "Copied",
    copyFailed: "Copying is not allowed here: select the text instead",
    last: "Last alert",
    never: "None yet",
    total: "Alerts received",
    label: "My alerts",
    create: "Create webhook",
    created: "Webhook created",
    emptyTitle: "No webhook yet",
    emptyBody: "Create one, paste it into your TradingView alert, and its signals come here.",
  },

  alerts: {
    title: "Alerts",
    emptyTitle: "No alerts yet",
    emptyBody: "Every alert gets a receipt here: what became of it, and why.",
  },

  more: {
    title: "More",
    account: "Account",
    prices: "Prices from",
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
  },
};

/** Every other language has the same words. */
export type Catalogue = typeof en;
