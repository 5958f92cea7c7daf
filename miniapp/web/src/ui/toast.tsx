// One short message above the tabs: what became of a tap.
import { signal } from "@preact/signals";
import { ApiError, OfflineError } from "../api/errors";
import { haptic } from "../telegram/haptics";
import { text } from "../text";
import { CheckIcon, WarningIcon } from "./icons";

interface Message {
  readonly words: string;
  readonly kind: "done" | "failed";
}

const SHOWN_MS = 4_000;
const message = signal<Message | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

function show(next: Message): void {
  clearTimeout(timer);
  message.value = next;
  timer = setTimeout(() => {
    message.value = undefined;
  }, SHOWN_MS);
}

export function done(words: string): void {
  haptic.success();
  show({ words, kind: "done" });
}

/** Tells why a command failed, with the reference when there is one. */
export function failed(error: unknown): void {
  haptic.error();
  const known = error instanceof ApiError;
  const words = error instanceof OfflineError ? text.unreachable.title : text.broke.title;
  const reference = known && error.reference ? ` (${error.reference})` : "";
  show({ words: known ? error.message + reference : words, kind: "failed" });
}

/** Says in our own words what could not be done. */
export function refused(words: string): void {
  haptic.warning();
  show({ words, kind: "failed" });
}

export function Toast() {
  const now = message.value;
  return (
    <div class="toast-place" role="status" aria-live="polite">
      {now && (
        <p class={`toast ${now.kind}`}>
          {now.kind === "done" ? <CheckIcon size={20} /> : <WarningIcon size={20} />}
          <span>{now.words}</span>
        </p>
      )}
    </div>
  );
}
