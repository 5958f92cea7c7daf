import { afterEach, expect, test } from "vitest";
import { told } from "../src/features/position/story";
import { price } from "../src/format/number";
import { language, setLanguage, text } from "../src/text";
import { en } from "../src/text/en";
import { ru } from "../src/text/ru";
import { event } from "./builders";

afterEach(() => setLanguage("en"));

function keysOf(words: object, prefix = ""): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === "object" && value !== null
      ? keysOf(value, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}

test("every language says the same things", () => {
  expect(keysOf(ru)).toEqual(expect.arrayContaining(keysOf(en)));
  expect(keysOf(en)).toEqual(expect.arrayContaining(keysOf(ru)));
});

test("a language brings its words and its numbers; an unknown one reads English", async () => {
  await setLanguage("ru-RU");
  expect(language.value).toBe("ru");
  expect(text.offer.approve).toBe("Одобрить");
  expect(price("1234.5")).toBe("1\u00a0234,5");
  expect(document.documentElement.lang).toBe("ru");
  await setLanguage("xx");
  expect(text.offer.approve).toBe("Approve");
  expect(price("1234.5")).toBe("1,234.5");
});

test("counts follow the rules of the language", async () => {
  expect(en.offer.ladder(1)).toBe("Ladder, 1 leg");
  expect(en.offer.ladder(5)).toBe("Ladder, 5 legs");
  expect([1, 3, 5, 21].map((n) => ru.offer.ladder(n))).toEqual([
    "Сетка, 1 ордер",
    "Сетка, 3 ордера",
    "Сетка, 5 ордеров",
    "Сетка, 21 ордер",
  ]);
});

test("a story tells the same sentence once, newest first", () => {
  const accepted = { kind: "order_accepted", reason: "The venue has the order." };
  const rows = told([
    event({ id: 1, kind: "group_opened", reason: "Opened." }),
    event({ id: 2, ...accepted }),
    event({ id: 3, ...accepted }),
    event({ id: 4, kind: "leg_filled", reason: "Filled." }),
  ]);
  expect(rows.map((row) => [row.event.id, row.times])).toEqual([
    [4, 1],
    [3, 2],
    [1, 1],
  ]);
});
