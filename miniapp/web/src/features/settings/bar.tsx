// The bar under a changed draft: how many changes, and the ways to keep or drop them.
import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { haptic } from "../../telegram/haptics";
import { Sheet } from "../../ui/sheet";
import { save } from "./api";
import type { Editing } from "./draft";
import { standsIn } from "./labels";
import { ReviewSheet } from "./review";
import type { Scope } from "./scope";
import { words } from "./words";

const LADDERS = /^(ladder|pyramid_levels|market_ladders)/;

/** The screen on which a field can be mended. */
export function screenOf(scope: Scope, field: string): string {
  if (LADDERS.test(field)) {
    const market = /^market_ladders\[(\d+)\](?:\.pyramid_levels\[(\d)\])?/.exec(field);
    if (market) return `/settings/ladders/m${market[1]}${market[2] ? `.${market[2]}` : ""}`;
    return `/settings/ladders/${/^pyramid_levels\[(\d)\]/.exec(field)?.[1] ?? "0"}`;
  }
  const section = scope.form.sections.find((one) => standsIn(one, field));
  return section ? `/settings/${section.name}` : "/settings";
}

export function Bar({ scope }: { scope: Scope }) {
  const say = words();
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<"review" | "discard" | undefined>(undefined);
  const { changed, doc, version, discard } = scope.editing;
  const problems = scope.check?.problems ?? [];
  if (changed.length === 0) return null;
  const close = (): void => setOpen(undefined);
  return (
    <div class="bottom-action settings-bar">
      <button type="button" class="button soft narrow" onClick={() => setOpen("discard")}>
        {say.discard}
      </button>
      {problems.length > 0 ? (
        <button
          type="button"
          class="button mend"
          onClick={() => {
            haptic.warning();
            navigate(screenOf(scope, problems[0]?.field ?? ""));
            requestAnimationFrame(() => {
              document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
            });
          }}
        >
          {say.toMend(problems.length)}
        </button>
      ) : (
        <button type="button" class="button primary" onClick={() => setOpen("review")}>
          {say.review(changed.length)}
        </button>
      )}
      {open === "review" && (
        <ReviewSheet
          scope={scope}
          title={say.reviewTitle}
          document={doc}
          action={say.save}
          command={async (key) => {
            const answer = await save(scope.account, version, doc, key);
            return "settings_version" in answer ? answer.settings_version : undefined;
          }}
          onSaved={discard}
          onClose={close}
        />
      )}
      {open === "discard" && <DiscardSheet editing={scope.editing} onClose={close} />}
    </div>
  );
}

interface DiscardProps {
  readonly editing: Editing;
  readonly onClose: () => void;
  /** Leaving: the changes may also stay where they are. */
  readonly onLeave?: () => void;
}

export function DiscardSheet({ editing, onClose, onLeave }: DiscardProps) {
  const say = words();
  const count = editing.changed.length;
  return (
    <Sheet title={onLeave ? say.leaveTitle : say.discardTitle(count)} onClose={onClose}>
      <p class="sheet-body">{onLeave ? say.leaveBody(count) : say.discardBody}</p>
      {onLeave && (
        <button type="button" class="button soft tall" onClick={onLeave}>
          {say.leaveKept}
        </button>
      )}
      <button
        type="button"
        class="button reject tall"
        onClick={() => {
          editing.discard();
          if (onLeave) onLeave();
          else onClose();
        }}
      >
        {say.discardNow}
      </button>
    </Sheet>
  );
}
