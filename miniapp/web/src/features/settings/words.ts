// The words of these screens, apart from the others: they weigh nothing at the start.
import { integer } from "../../format/number";
import { translation } from "./translation";

/** A number with its noun in the form the language wants. */
export const counts = (
  tag: string,
  forms: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>,
): ((n: number) => string) => {
  const rules = new Intl.PluralRules(tag);
  return (n) => `${integer(n)} ${forms[rules.select(n)] ?? forms.other}`;
};

const changes = counts("en", { one: "change", other: "changes" });
const positions = counts("en", { one: "open position", other: "open positions" });
const keep = counts("en", {
  one: "open position keeps what it",
  other: "open positions keep what they",
});
const legs = counts("en", { one: "leg", other: "legs" });
const keys = counts("en", { one: "exchange key", other: "exchange keys" });
const fields = counts("en", { one: "field", other: "fields" });
const ordinals = ["First", "Second", "Third", "Fourth", "Fifth"];

const en = {
  title: "Settings",
  versionInForce: (n: number) => `Version ${integer(n)} is in force`,
  whole: "All of it",
  units: { min: "min", s: "s" } as Readonly<Record<string, string>>,
  onOff: (on: boolean): string => (on ? "on" : "off"),
  none: "none",
  changed: "changed",
  changedCount: (n: number) => `${integer(n)} changed`,
  mend: "to mend",
  becomes: "becomes",
  kind: "Kind",
  leg: (n: number) => `Leg ${integer(n)}`,
  lock: (n: number) => `Lock ${integer(n)}`,
  market: (n: number) => `Market ${integer(n)}`,
  item: (n: number) => `Number ${integer(n)}`,
  entry: (n: number) => `${ordinals[n - 1] ?? integer(n)} entry`,
  between: (low: string, high: string) => `${low} to ${high}`,
  above: (n: string) => `above ${n}`,
  from: (n: string) => `from ${n}`,
  below: (n: string) => `below ${n}`,
  upTo: (n: string) => `up to ${n}`,
  default: (value: string) => `default ${value}`,
  empty: "Enter a value, or switch it off.",
  needed: "This is needed.",
  /** Said instead of the server's sentence, which is English. */
  faults: {} as Readonly<Record<string, (bounds: string) => string>>,
  refusals: {
    settings_changed_meanwhile:
      "Another version was saved meanwhile. Look at the changes again, then save.",
  } as Readonly<Record<string, string>>,

  readOnly: "Read-only",
  readOnlyWhy: "Refuse every other change until you switch this off.",
  readOnlyDirty: "Save or discard your changes first.",
  lockedNow: "Settings are read-only now",
  unlocked: "Settings can be changed again",
  lockedHere: "These settings are read-only. Switch that off on the settings page to change them.",

  templates: "Templates",
  templatesWhy: "Cautious, balanced, aggressive, scalper",
  templatesBody:
    "Four tempers to begin with. Capital, queue length and approvals stay as they are; you see every change before you take one.",
  asItIs: "This is what you have",
  look: (n: number) => `Look at ${changes(n)}`,
  lookAndTake: (n: number) => `See ${changes(n)}`,
  take: (n: number) => `Take it: ${changes(n)}`,

  versions: "Versions",
  versionsWhy: "Every save, and the way back",
  versionsBody: "Every save is kept. Restoring one saves it again as the newest.",
  version: (n: number) => `Version ${integer(n)}`,
  inForce: "In force",
  you: "You",
  byAt: (who: string, when: string) => `${who} · ${when}`,
  changeCount: (n: number) => changes(n),
  first: "First",
  firstBody: "The first version: what the account began with.",
  changedNothing: "This save changed nothing.",
  older: "Show older",
  restoreAsk: "Restore this version",
  restoreTitle: (n: number) => `Back to version ${integer(n)}?`,
  restore: (n: number) => `Restore: ${changes(n)}`,

  file: "Export and import",
  fileWhy: "Take settings along, or bring some in",
  export: "Export",
  exportWhy:
    "A file with everything in force. It holds no keys. Where your client allows no download, copy it.",
  download: "Download",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "That is not allowed here. Open the app in a browser to do it.",
  import: "Import",
  importWhy:
    "A file from here, or from another bot. You see what it would change before anything is saved.",
  choose: "Choose a file",
  paste: "Or paste what is in it",
  lookAtIt: "Look at it",
  notJson: "This is no settings file: it is not JSON.",
  noAnswer: "No answer came. Check your connection and try again.",
  importOwn: "Settings from a file",
  importForeign: "Settings from another bot",
  importNow: (n: number) => `Import: ${changes(n)}`,
  notValid: "This file cannot be imported as it is:",
  ignored: (what: string) => `Not understood, and left out: ${what}.`,
  keysFound: (n: number) => `${keys(n)} in this file. Settings never hold keys: left out here.`,
  keepKeys: "Check these keys at the exchange and keep them",

  openPositions: "Open positions",
  openWhy: "Apply the settings to what is open",
  onOlder: (n: number) => `${integer(n)} differ`,
  openBody: (version: number) =>
    `A position keeps the settings it opened with. This is what version ${integer(version)} would change; ladders already drawn stay.`,
  noneOlder: "Nothing to apply",
  noneOlderBody: "No open position would change under the settings in force.",
  applyTo: (n: number) => `Apply to ${positions(n)}`,
  applying: "Applying…",
  applied: (n: number) => `Applied to ${positions(n)}`,

  discard: "Discard",
  discardTitle: (n: number) => `Discard ${changes(n)}?`,
  discardBody: "The settings stay as they are in force.",
  discardNow: "Discard changes",
  leaveTitle: "Leave without saving?",
  leaveBody: (n: number) => `${changes(n)} not saved yet. Nothing of it is in force.`,
  leaveKept: "Leave, and keep the draft",
  toMend: (n: number) => `${fields(n)} to mend`,
  review: (n: number) => `Review ${changes(n)}`,
  reviewTitle: "What will change",
  noChange: "Nothing would change.",
  save: (n: number) => `Save ${changes(n)}`,
  saving: "Saving…",
  moreRisk: "more risk",
  riskBody: "With this you can lose more than before.",
  slide: "Slide to save",
  onItsWay: "Being saved",
  savedAs: (version: number) => `Saved as version ${integer(version)}`,
  holds: (n: number) =>
    `It holds for new positions from now on. ${keep(n)} opened with until you apply this.`,
  later: "Not now",
  toOpen: (n: number) => `Look at ${positions(n)}`,
  level: { problem: "Problem:", warning: "Note:" },

  add: "Add",
  addWhat: "Add what?",
  noItems: "None yet.",
  removeNamed: (name: string) => `Remove ${name}`,
  orderHint: "The first that tells two apart decides.",
  moveUp: (name: string) => `Move ${name} up`,
  moveDown: (name: string) => `Move ${name} down`,

  ladders: "Ladders",
  laddersBody: "Where the DCA legs stand, how much each may spend, and when it takes profit.",
  everyMarket: "Every market",
  singleMarkets: "Single markets",
  asFirst: "As the first",
  legsTo: (n: number, gap: string) => `${legs(n)}, down to ${gap}`,
  allFrames: "all timeframes",
  noMarkets: "Every market uses the ladders above. A market can have one of its own.",
  addMarket: "Add a market",
  newMarket: "New market",
  theMarket: "Market",
  served: "Markets with prices",
  removeMarket: "Remove this market",
  laterEntries: "Later entries",
  firstLadder: "Ladder",
  inherits: "This entry has the same legs as the first.",
  giveOwn: "Give it its own legs",
  useFirst: "Use the first entry’s legs",
  legs: "Legs",
  generate: "Generate",
  example: "Example price",
  exampleOf: (symbol: string) => `Example: ${symbol} now at`,
  picture: "The ladder from the entry down",
  nothingToDraw: "There is nothing to draw yet.",
  average: "Average",
  targetAt: (price: string) => `target ${price}`,
  anEntry: "One entry",
  bySignal: "by the signal",
  atWorst: "All at worst",
  legField: (n: number, name: string) => `Leg ${integer(n)}, ${name}, %`,
  legMore: (n: number) => `Leg ${integer(n)}: move or remove`,
  up: "Move up",
  down: "Move down",
  removeLeg: "Remove",
  addLeg: "Add a leg",
  mostLegs: (n: number) => `A ladder has at most ${legs(n)}.`,
  sumWhole: "Weights add up to 100%",
  sumOff: (sum: string) => `Weights add up to ${sum}, not 100%`,
  even: "Even out",
  generatorTitle: "Generate a ladder",
  generatorBody:
    "Each order stands a step below the last; scales above 1 make the steps and sizes grow.",
  generator: {
    step_percent: "Step",
    step_scale: "Step scale",
    volume_scale: "Volume scale",
    orders: "Safety orders",
    base_usd: "Base order",
    safety_usd: "Safety order",
    tp_percent: "Target",
  },
  generatedTotal: (sum: string) =>
    `${sum} in the form’s own sizes. Only their proportion is kept: an entry spends what sizing says.`,
  useLadder: "Use this ladder",
};

export type Words = typeof en;

export const words = (): Words => translation.value?.words ?? en;
