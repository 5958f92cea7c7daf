// Everything these screens say in Russian, in one file.
import { names } from "./names.ru";
import type { Translation } from "./translation";
import { words } from "./words.ru";

export const ru: Translation = { words, names };
