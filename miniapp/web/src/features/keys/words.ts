// The words of this screen, both languages in its own file: they weigh nothing at the start.
import { language } from "../../text";

const en = {
  title: "Exchange accounts",
  intro: "Keys are kept sealed and only their last characters are shown.",
  market: { spot: "Spot", linear: "Perpetuals" },
  net: (test: boolean): string => (test ? "Test net" : "Main net"),
  key: "Key",
  checked: "Checked",
  mode: "Position mode",
  modes: { one_way: "One-way", hedge: "Hedge" },
  permissions: "Permissions",
  noKeys: "No keys yet: this account cannot trade.",
  revokedAt: (when: string) => `Keys revoked (${when}). This account is paused.`,
  enter: "Enter keys",
  replace: "Replace keys",
  revoke: "Revoke",
  revokeAll: "Revoke all keys",
  revokeAllHint: "One step for when something is wrong: every key here is destroyed.",
  emptyTitle: "No exchange account yet",
  emptyBody:
    "Add an account at Binance or Bybit, then enter its keys. A key that may withdraw is refused.",

  add: "Add an account",
  venue: "Exchange",
  marketLabel: "Market",
  netLabel: "Net",
  netHint: { main: "Orders trade real money.", test: "Made-up money at the exchange’s test net." },
  name: "Name",
  suggested: (venue: string, market: string, test: boolean) =>
    [venue, market.toLowerCase(), test ? "test" : ""].filter(Boolean).join(" "),
  adding: "Adding…",

  enterTitle: (label: string) => `Keys of ${label}`,
  enterBody: (venue: string, test: boolean) =>
    `Make a key at ${test ? `the test net of ${venue}` : venue} that may trade and may not withdraw. ${venue} is asked before it is kept.`,
  secret: "Secret",
  emptied: "Both fields are emptied after each try.",
  save: "Check and save",
  checking: (venue: string) => `Asking ${venue}…`,
  saved: "Keys saved",

  revokeTitle: (label: string) => `Revoke the keys of ${label}?`,
  revokeAllTitle: "Revoke all keys?",
  revokeBody:
    "The keys are destroyed here and the account is paused. Its open orders and positions stay at the exchange, and nothing here can reach them. Delete the key at the exchange as well.",
  revokeAllBody: (labels: string) =>
    `Destroyed here, and the accounts paused: ${labels}. Open orders and positions stay at the exchanges, and nothing here can reach them. Delete the keys there as well.`,
  slide: "Slide to revoke",
  revoking: "Revoking…",
  revoked: "Keys revoked",

  missing: "This is needed.",
  noAnswer:
    "No answer came. Close this and look at the list: what was saved stands there. If not, try again.",
  /** Said instead of the server's sentence, which is English. */
  faults: {} as Readonly<Record<string, string>>,
};

type Words = typeof en;

const ru: Words = {
  title: "Счета на биржах",
  intro: "Ключи хранятся запечатанными, показаны только их последние знаки.",
  market: { spot: "Спот", linear: "Бессрочные" },
  net: (test) => (test ? "Тестовая сеть" : "Основная сеть"),
  key: "Ключ",
  checked: "Проверен",
  mode: "Режим позиций",
  modes: { one_way: "Односторонний", hedge: "Хедж" },
  permissions: "Разрешения",
  noKeys: "Ключей ещё нет: этот счёт не может торговать.",
  revokedAt: (when) => `Ключи отозваны (${when}). Счёт на паузе.`,
  enter: "Ввести ключи",
  replace: "Заменить",
  revoke: "Отозвать",
  revokeAll: "Отозвать все ключи",
  revokeAllHint: "Один шаг на случай беды: все ключи здесь уничтожаются.",
  emptyTitle: "Счетов на биржах пока нет",
  emptyBody:
    "Добавьте счёт на Binance или Bybit, затем введите его ключи. Ключ с правом вывода не принимается.",

  add: "Добавить счёт",
  venue: "Биржа",
  marketLabel: "Рынок",
  netLabel: "Сеть",
  netHint: {
    main: "Ордера торгуют настоящими деньгами.",
    test: "Ненастоящие деньги в тестовой сети биржи.",
  },
  name: "Название",
  suggested: (venue, market, test) =>
    [venue, market.toLowerCase(), test ? "тест" : ""].filter(Boolean).join(" "),
  adding: "Добавляю…",

  enterTitle: (label) => `Ключи счёта ${label}`,
  enterBody: (venue, test) =>
    `Создайте ключ ${test ? `в тестовой сети ${venue}` : `на ${venue}`} с правом торговли и без права вывода. Перед сохранением он проверяется у ${venue}.`,
  secret: "Секрет",
  emptied: "После каждой попытки оба поля очищаются.",
  save: "Проверить и сохранить",
  checking: (venue) => `Спрашиваю ${venue}…`,
  saved: "Ключи сохранены",

  revokeTitle: (label) => `Отозвать ключи счёта ${label}?`,
  revokeAllTitle: "Отозвать все ключи?",
  revokeBody:
    "Ключи здесь уничтожаются, счёт встаёт на паузу. Его открытые ордера и позиции остаются на бирже, и отсюда до них не дотянуться. Удалите ключ и на бирже.",
  revokeAllBody: (labels) =>
    `Уничтожаются ключи, на паузу встают счета: ${labels}. Открытые ордера и позиции остаются на биржах, и отсюда до них не дотянуться. Удалите ключи и там.`,
  slide: "Проведите, чтобы отозвать",
  revoking: "Отзываю…",
  revoked: "Ключи отозваны",

  missing: "Это нужно заполнить.",
  noAnswer:
    "Ответа не было. Закройте и посмотрите на список: что сохранилось, стоит там. Если нет, повторите.",
  faults: {
    label_taken: "Счёт с таким названием уже есть; выберите другое.",
    too_many_accounts: "Больше счетов открыть нельзя.",
    key_may_withdraw:
      "Этому ключу разрешён вывод средств, а он здесь никогда не нужен. Отключите вывод на бирже или создайте другой ключ и введите его снова.",
    key_may_not_trade:
      "Этому ключу нельзя торговать на этом рынке. Разрешите торговлю на бирже и введите его снова.",
    key_in_use:
      "С этим ключом уже торгует другой счёт. Создайте второй ключ, лучше всего на субаккаунте.",
    authentication_failed:
      "Биржа не принимает ключ: проверьте его, список адресов и разрешения у биржи.",
    permission_denied: "Биржа не разрешает торговать этому ключу или счёту.",
  },
};

export const words = (): Words => (language.value === "ru" ? ru : en);
