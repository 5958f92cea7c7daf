// What the ladder linter says: problems that will refuse signals, and warnings that may surprise.
import type { Remark } from "../../api/contract";
import { WarningIcon } from "../../ui/icons";
import { InfoIcon } from "../../ui/rareIcons";
import { words } from "./words";

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** Announced politely: it changes while somebody types. */
export function Remarks({ remarks }: { remarks: readonly Remark[] }) {
  if (remarks.length === 0) return null;
  return (
    <ul class="remarks" aria-live="polite">
      {remarks.map((one) => (
        <li key={`${one.code} ${one.text}`} class={`remark ${one.level}`}>
          {one.level === "problem" ? <WarningIcon size={20} /> : <InfoIcon size={20} />}
          <span>
            <span class="remark-level">{words().level[one.level]}</span> {sentence(one.text)}
          </span>
        </li>
      ))}
    </ul>
  );
}
