/** Times as Telegram writes them, and those that tick. */

const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const DAY_MS = 86400000;

export const clockTime = (unix) =>
  new Date(unix * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** "Today", "Yesterday", "January 5", with the year when it is another one. */
export function dayName(unix) {
  const date = new Date(unix * 1000);
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(date)) / DAY_MS);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString([], { month: "long", day: "numeric", year });
}

/** For the list of chats: the time today, the weekday this week, else the date. */
export function shortTime(unix) {
  const days = (midnight(new Date()) - midnight(new Date(unix * 1000))) / DAY_MS;
  if (days < 1) return clockTime(unix);
  const options = days < 7 ? { weekday: "short" } : { day: "2-digit", month: "2-digit", year: "2-digit" };
  return new Date(unix * 1000).toLocaleDateString([], options);
}

function relative(unix, language) {
  const seconds = Math.round(unix - Date.now() / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) || ["second", 1];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

/** A `date_time` entity's text by its format `r|w?[dD]?[tT]?`; null when it has none. */
export function entityTime(unix, format, language) {
  if (!format) return null;
  if (format === "r") return relative(unix, language);
  const options = {};
  if (format.includes("w")) options.weekday = "long";
  if (format.includes("d")) Object.assign(options, { year: "2-digit", month: "2-digit", day: "2-digit" });
  if (format.includes("D")) Object.assign(options, { year: "numeric", month: "long", day: "numeric" });
  if (/[tT]/.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  return new Date(unix * 1000).toLocaleString(language, options);
}

/** Keep every relative time on the page true. */
export function startTicking() {
  setInterval(() => {
    for (const node of document.querySelectorAll("time[data-format='r']")) {
      const text = relative(Number(node.dataset.unix), node.dataset.language);
      if (node.textContent !== text) node.textContent = text;
    }
  }, 1000);
}
