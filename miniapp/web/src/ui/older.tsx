// The way to the rows before: one button under a list that comes in pages.
import { language } from "../text";
import "./older.css";

const WORDS = {
  en: { more: "Show more", loading: "Loading…" },
  ru: { more: "Показать ещё", loading: "Загружаю…" },
};

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

export function Older({ query }: { query: Pages }) {
  if (!query.hasNextPage) return null;
  const say = language.value === "ru" ? WORDS.ru : WORDS.en;
  return (
    <button
      type="button"
      class="button plain older"
      disabled={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {query.isFetchingNextPage ? say.loading : say.more}
    </button>
  );
}
