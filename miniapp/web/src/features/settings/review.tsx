// Before anything is saved: what would change, what may surprise, and once more where risk grows.
import { signal } from "@preact/signals";
import { useQueryClient } from "@tanstack/preact-query";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { newKey } from "../../api/client";
import type { ApplyView, Change, CheckView, FormView, Remark } from "../../api/contract";
import { ApiError, OfflineError } from "../../api/errors";
import { haptic } from "../../telegram/haptics";
import { text } from "../../text";
import { WarningIcon } from "../../ui/icons";
import { Failure, Skeleton } from "../../ui/loaded";
import { Sheet, Slide } from "../../ui/sheet";
import { done } from "../../ui/toast";
import { applying, useCheck } from "./api";
import type { Doc } from "./doc";
import { ArrowIcon } from "./icons";
import { controlAt, faultOf, type Line, labelOf, lineOf, placeOf, standsIn } from "./labels";
import { Remarks } from "./remarks";
import type { Scope } from "./scope";
import { words } from "./words";

interface ChangesProps {
  readonly form: FormView;
  readonly changes: readonly Change[];
  readonly riskier?: readonly string[];
}

/** Every difference as before → after, under the place it stands in. */
export function Changes({ form, changes, riskier = [] }: ChangesProps) {
  const groups: [string, Line[]][] = [];
  for (const line of changes.map((change) => lineOf(form, change))) {
    const last = groups.at(-1);
    if (last?.[0] === line.place) last[1].push(line);
    else groups.push([line.place, [line]]);
  }
  return (
    <div class="changes">
      {groups.map(([place, lines]) => (
        <section key={lines[0]?.path} class="changes-group">
          <p class="changes-place">{place}</p>
          <ul>
            {lines.map((line) => (
              <ChangeLine key={line.path} line={line} risky={riskier.includes(line.path)} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

const ChangeLine = ({ line, risky }: { line: Line; risky: boolean }) => (
  <li class="change">
    <span class="change-name">{line.label}</span>
    <span class="change-values">
      <bdi class="change-before">{line.before}</bdi>
      <ArrowIcon size={15} />
      <span class="sr-only">{words().becomes}</span>
      <bdi class="change-after">{line.after}</bdi>
    </span>
    {risky && (
      <span class="change-risk">
        <WarningIcon size={15} />
        {words().moreRisk}
      </span>
    )}
  </li>
);

/** What a person is told after a save; undefined once they have read it. */
export const saved = signal<{ version: number; open: ApplyView } | undefined>(undefined);

interface Candidate {
  readonly title: string;
  readonly document: Doc;
  /** Saves it and answers with the version it has become, if that is decided already. */
  readonly command: (key: string) => Promise<number | undefined>;
  readonly action: (changes: number) => string;
  readonly note?: ComponentChildren;
  readonly onSaved?: () => void;
  readonly onClose: () => void;
}

function explain(error: unknown): string {
  if (error instanceof OfflineError) return text.unreachable.body;
  if (!(error instanceof ApiError)) return text.broke.title;
  return words().refusals[error.code] ?? error.message;
}

/** Runs the save; one key for the wish, however often the line is lost under it. */
function useSave(scope: Scope, { command, onSaved, onClose }: Candidate) {
  const client = useQueryClient();
  const key = useRef("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const run = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    key.current ||= newKey();
    try {
      const version = await command(key.current);
      onClose();
      // Not decided yet: the draft goes by itself once it is in force.
      if (version === undefined) return done(words().onItsWay);
      onSaved?.();
      haptic.success();
      const open = await applying(scope.account).catch(() => undefined);
      if (open && open.groups.length > 0) saved.value = { version, open };
      else done(words().savedAs(version));
    } catch (error) {
      haptic.error();
      if (error instanceof ApiError) key.current = "";
      setFault(explain(error));
      setBusy(false);
    } finally {
      void client.invalidateQueries();
    }
  };
  return { busy, fault, run };
}

/** What will refuse signals, and warnings about what is being changed: the others are known. */
function concerning({ form }: Scope, { remarks, changes }: CheckView): readonly Remark[] {
  const touched = form.sections.filter((one) => changes.some(({ path }) => standsIn(one, path)));
  return remarks.filter(
    ({ level, field }) => level === "problem" || touched.some((one) => standsIn(one, field)),
  );
}

export function ReviewSheet({ scope, ...candidate }: Candidate & { readonly scope: Scope }) {
  const say = words();
  const query = useCheck(scope.account, candidate.document);
  const check = query.isPlaceholderData ? undefined : query.data;
  const { busy, fault, run } = useSave(scope, candidate);
  const close = (): void => {
    if (!busy) candidate.onClose();
  };
  return (
    <Sheet title={candidate.title} onClose={close}>
      {!check && query.error && <Failure error={query.error} retry={() => void query.refetch()} />}
      {!check && !query.error && <Skeleton shapes={["row", "row"]} />}
      {check && (
        <>
          {check.changes.length === 0 && check.valid && <p class="sheet-body">{say.noChange}</p>}
          <Changes form={scope.form} changes={check.changes} riskier={check.riskier ?? []} />
          {!check.valid && (
            <ul class="remarks">
              {check.problems.map((one) => {
                const control = controlAt(scope.form, one.field);
                const name = control ? labelOf(control) : placeOf(scope.form, one.field);
                return (
                  <li key={one.field} class="remark problem">
                    <WarningIcon size={20} />
                    <span>{`${name}: ${faultOf(one, control)}`}</span>
                  </li>
                );
              })}
            </ul>
          )}
          <Remarks remarks={concerning(scope, check)} />
          {candidate.note}
          {fault && (
            <p class="blocked" role="alert">
              <WarningIcon size={20} />
              <span>{fault}</span>
            </p>
          )}
          {check.valid && check.changes.length > 0 && (
            <Confirm
              risky={(check.riskier ?? []).length > 0}
              label={busy ? say.saving : candidate.action(check.changes.length)}
              busy={busy}
              run={() => void run()}
            />
          )}
        </>
      )}
    </Sheet>
  );
}

interface ConfirmProps {
  readonly risky: boolean;
  readonly label: string;
  readonly busy: boolean;
  readonly run: () => void;
}

/** Where more can be lost, a tap is too easy. */
function Confirm({ risky, label, busy, run }: ConfirmProps) {
  const say = words();
  if (!risky) {
    return (
      <button type="button" class="button primary tall" disabled={busy} onClick={run}>
        {label}
      </button>
    );
  }
  return (
    <>
      <p class="sheet-body">{say.riskBody}</p>
      <Slide label={busy ? say.saving : say.slide} busy={busy} onConfirm={run} />
    </>
  );
}

/** After a save: what it holds for, and the way to the positions that are open. */
export function SavedSheet() {
  const say = words();
  const told = saved.value;
  if (!told) return null;
  const close = (): void => {
    saved.value = undefined;
  };
  return (
    <Sheet title={say.savedAs(told.version)} closing={say.later} onClose={close}>
      <p class="sheet-body">{say.holds(told.open.groups.length)}</p>
      <Link href="/settings/open" class="button primary tall" onClick={close}>
        {say.toOpen(told.open.groups.length)}
      </Link>
    </Sheet>
  );
}
