// The words for how a position ends and who may end it, both languages in their own file.
import { integer } from "../../format/number";
import { language } from "../../text";
import { counted, countedRu } from "../../text/plural";

const en = {
  title: "How it ends",
  target: "Take profit",
  executions: { monitor: "At market when reached", resting: "Limits at the venue" } as Record<
    string,
    string
  >,
  stop: "Stop",
  noStop: "None",
  noStopBody: "Nothing closes it at a loss but you, an exit signal or the risk engine.",
  notPlaced: "Set at the first fill",
  lives: {
    venue: (quantity: string): string =>
      `Rests at the venue for ${quantity}: it holds even while the engine is away.`,
    sending: (quantity: string): string => `Being placed at the venue for ${quantity}.`,
    engine: (quantity: string): string =>
      `Watched here for ${quantity} and closed at market. It needs the engine.`,
  },
  loss: (percent: string): string => `${percent} from the average`,
  trailing: (percent: string): string => `trails the best price by ${percent}`,
  evenAt: (percent: string): string => `to break-even at ${percent}`,
  even: "at break-even",
  ofSignal: "set by the signal",
  closes: "Closes at the latest",

  change: "Change targets",
  changeTitle: "How to take profit",
  mode: "Target",
  modeHints: {
    per_leg: "Each leg closes at its own target.",
    aggregate: "All of it closes at one gain over the average.",
    hybrid: "Legs at their targets, all of it at the average’s: whichever comes first.",
    pyramid_aggregate: "Each pyramid closes at one gain over its own average.",
  } as Record<string, string>,
  execution: "When reached",
  percent: "Gain over the average, %",
  badPercent: "More than 0, at most 1,000.",
  preview: "What changes",
  same: "Nothing changes.",
  noTargets: "Nothing is held yet: targets come with the first fill.",
  before: "Before",
  after: "After",
  pyramidLeg: (pyramid: number, leg: number): string =>
    `Pyramid ${integer(pyramid)}, leg ${integer(leg)}`,
  pyramid: (pyramid: number): string => `Pyramid ${integer(pyramid)}`,
  all: "All of it",
  cancels: (n: number): string =>
    `${counted(n, "resting order is", "resting orders are")} cancelled.`,
  apply: "Switch",
  applying: "Switching…",
  applied: "Targets switched",

  risk: "Risk engine",
  riskMore: "Risk",
};

type Words = typeof en;

const ru: Words = {
  title: "Как закроется",
  target: "Тейк-профит",
  executions: { monitor: "По рынку при касании", resting: "Лимитки на бирже" },
  stop: "Стоп",
  noStop: "Нет",
  noStopBody: "В убыток её закроете только вы, сигнал выхода или риск-движок.",
  notPlaced: "Встанет при первом исполнении",
  lives: {
    venue: (quantity) => `Стоит на бирже на ${quantity}: действует, даже когда движок молчит.`,
    sending: (quantity) => `Ставится на бирже на ${quantity}.`,
    engine: (quantity) =>
      `Отслеживается здесь на ${quantity} и закрывается по рынку. Нужен работающий движок.`,
  },
  loss: (percent) => `${percent} от средней`,
  trailing: (percent) => `идёт за лучшей ценой в ${percent}`,
  evenAt: (percent) => `в безубыток при ${percent}`,
  even: "в безубытке",
  ofSignal: "задан сигналом",
  closes: "Закроется не позже",

  change: "Изменить цели",
  changeTitle: "Как брать прибыль",
  mode: "Цель",
  modeHints: {
    per_leg: "Каждый ордер закрывается на своей цели.",
    aggregate: "Всё закрывается при одной прибыли от средней.",
    hybrid: "Ордера на своих целях, всё вместе на цели средней: что раньше.",
    pyramid_aggregate: "Каждая пирамида закрывается при одной прибыли от своей средней.",
  },
  execution: "При касании",
  percent: "Прибыль от средней, %",
  badPercent: "Больше 0, не больше 1 000.",
  preview: "Что изменится",
  same: "Ничего не изменится.",
  noTargets: "Пока ничего не куплено: цели появятся с первым исполнением.",
  before: "Было",
  after: "Станет",
  pyramidLeg: (pyramid, leg) => `Пирамида ${integer(pyramid)}, ордер ${integer(leg)}`,
  pyramid: (pyramid) => `Пирамида ${integer(pyramid)}`,
  all: "Всё",
  cancels: (n) =>
    `Отменяется ${countedRu(n, "лимитный ордер", "лимитных ордера", "лимитных ордеров")}.`,
  apply: "Переключить",
  applying: "Переключаю…",
  applied: "Цели переключены",

  risk: "Риск-движок",
  riskMore: "Риск",
};

export const words = (): Words => (language.value === "ru" ? ru : en);
