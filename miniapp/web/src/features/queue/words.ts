// The words of the waiting queue, both languages in its own file.
import { integer } from "../../format/number";
import { language } from "../../text";
import { counted, countedRu } from "../../text/plural";

const en = {
  title: "Waiting queue",
  slots: "Open groups",
  free: (n: number): string =>
    `${counted(n, "slot is", "slots are")} free: the first in line is taken at once.`,
  full: "Every slot is taken. The first in line gets the next one.",
  rank: (rank: number, of: number): string => `${integer(rank)} of ${integer(of)}`,
  continues: "continues an open position",
  below: (percent: string): string => `${percent} below its entry`,
  above: (percent: string): string => `${percent} above its entry`,
  replaced: (n: number): string => `replaced ${counted(n, "time", "times")}`,
  waiting: (time: string): string => `waiting ${time}`,
  entry: "Entry",
  market: "At market",
  loss: "Loss now",
  expected: "If targets fill",
  replacements: "Replaced",
  since: "Waiting",
  expires: "Expires in",
  promote: "Promote",
  force: "Force in…",
  remove: "Remove",
  promoted: "Promoted",
  forced: "Forced in",
  removed: "Removed from the queue",
  removeTitle: (symbol: string): string => `Remove ${symbol}?`,
  removeBody: "The signal is dropped and not traded. A newer one may come and wait again.",
  removing: "Removing…",
  forceTitle: (symbol: string): string => `Force ${symbol} in?`,
  forceBody: (taken: number, max: number): string =>
    `${integer(taken)} of ${integer(max)} groups are open. This one opens over the limit, at once and with its whole ladder. Every other check still holds.`,
  forceSlide: "Slide to force in",
  forcing: "Opening…",
  lately: "What happened",
  status: {
    queued: "Waits",
    replaced: "Replaced",
    promoted: "Promoted",
    cancelled: "Left",
    expired: "Expired",
  } as Record<string, string>,
  emptyTitle: "Nothing is waiting",
  emptyBody: "When every slot is taken, approved signals wait here, ranked, for the next one.",
  emptyAction: "See positions",
};

type Words = typeof en;

const ru: Words = {
  title: "Очередь ожидания",
  slots: "Открытые группы",
  free: (n) =>
    `${countedRu(n, "место свободно", "места свободны", "мест свободно")}: первый в очереди займёт его сразу.`,
  full: "Все места заняты. Следующее получит первый в очереди.",
  rank: (rank, of) => `${integer(rank)} из ${integer(of)}`,
  continues: "продолжает открытую позицию",
  below: (percent) => `на ${percent} ниже своего входа`,
  above: (percent) => `на ${percent} выше своего входа`,
  replaced: (n) => `замен: ${integer(n)}`,
  waiting: (time) => `ждёт ${time}`,
  entry: "Вход",
  market: "По рынку",
  loss: "Убыток сейчас",
  expected: "Если цели сбудутся",
  replacements: "Замен",
  since: "Ждёт",
  expires: "Истекает через",
  promote: "Взять сейчас",
  force: "Взять сверх лимита…",
  remove: "Убрать",
  promoted: "Взято из очереди",
  forced: "Взято сверх лимита",
  removed: "Убрано из очереди",
  removeTitle: (symbol) => `Убрать ${symbol}?`,
  removeBody: "Сигнал отбрасывается и не торгуется. Новый может прийти и снова встать в очередь.",
  removing: "Убираю…",
  forceTitle: (symbol) => `Взять ${symbol} сверх лимита?`,
  forceBody: (taken, max) =>
    `Открыто групп: ${integer(taken)} из ${integer(max)}. Эта откроется сверх лимита, сразу и со всей сеткой. Все остальные проверки действуют.`,
  forceSlide: "Проведите, чтобы взять",
  forcing: "Открываю…",
  lately: "Что произошло",
  status: {
    queued: "Ждёт",
    replaced: "Заменён",
    promoted: "Взят",
    cancelled: "Ушёл",
    expired: "Истёк",
  },
  emptyTitle: "Никто не ждёт",
  emptyBody: "Когда все места заняты, одобренные сигналы ждут здесь по порядку.",
  emptyAction: "К позициям",
};

export const words = (): Words => (language.value === "ru" ? ru : en);
