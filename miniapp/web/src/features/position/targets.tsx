// Switching how a position takes its profit: the choice, what the server says it changes, the switch.
import { useQuery } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { post } from "../../api/client";
import type {
  GroupDetail,
  TakeProfitExecution,
  TakeProfitMode,
  TargetLine,
  TargetsBody,
  TargetsPreview,
} from "../../api/contract";
import { compare, dec, plain } from "../../format/decimal";
import { price } from "../../format/number";
import { text } from "../../text";
import { Failure } from "../../ui/loaded";
import { Num } from "../../ui/number";
import { Sheet } from "../../ui/sheet";
import { useAction } from "../../ui/useAction";
import { Choice, Field } from "../keys/fields";
import { words } from "./words";

const MODES: readonly TakeProfitMode[] = ["per_leg", "aggregate", "hybrid", "pyramid_aggregate"];
const WAYS: readonly TakeProfitExecution[] = ["monitor", "resting"];
const path = (group: string): string => `/groups/${encodeURIComponent(group)}/targets`;

/** A percentage as typed, with a comma or a point; undefined when it is none that is allowed. */
export function percentOf(typed: string): string | undefined {
  const clean = typed.trim().replace(",", ".");
  if (!/^\d{1,4}(\.\d{1,6})?$/.test(clean)) return undefined;
  const value = dec(clean);
  const allowed = compare(value, dec("0")) > 0 && compare(value, dec("1000")) <= 0;
  return allowed ? plain(value) : undefined;
}

function lineName(line: TargetLine, many: boolean): string {
  const say = words();
  if (line.pyramid === null) return say.all;
  if (line.leg === null) return say.pyramid(line.pyramid);
  return many ? say.pyramidLeg(line.pyramid, line.leg) : text.leg.name(line.leg);
}

function Lines({ title, lines }: { title: string; lines: readonly TargetLine[] }) {
  const many = new Set(lines.map((line) => line.pyramid ?? 1)).size > 1;
  return (
    <div class="targets-side">
      <p class="hint">{title}</p>
      <ul>
        {lines.map((line) => (
          <li key={`${line.pyramid}.${line.leg}`}>
            <span>{lineName(line, many)}</span>
            <Num>{price(line.price)}</Num>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Changes({ preview }: { preview: TargetsPreview }) {
  const say = words();
  if (preview.before.length + preview.after.length === 0) {
    return <p class="hint">{say.noTargets}</p>;
  }
  return (
    <div class="targets-preview">
      <Lines title={say.before} lines={preview.before} />
      <Lines title={say.after} lines={preview.after} />
      {preview.cancels > 0 && <p class="hint targets-cancels">{say.cancels(preview.cancels)}</p>}
    </div>
  );
}

/** The server's own answer to "what if"; asked anew at every choice, kept while the next comes. */
const usePreview = (group: string, wish: TargetsBody | undefined) =>
  useQuery({
    queryKey: ["targets", group, wish],
    queryFn: () => post<TargetsPreview>(`${path(group)}/preview`, wish, ""),
    enabled: wish !== undefined,
    placeholderData: (previous) => previous,
  });

interface SheetProps {
  readonly detail: GroupDetail;
  readonly onClose: () => void;
}

export function TargetsSheet({ detail, onClose }: SheetProps) {
  const say = words();
  const { group, ending } = detail;
  const [mode, setMode] = useState<TakeProfitMode>(group.tp_mode);
  const [way, setWay] = useState<TakeProfitExecution>(ending.tp_execution);
  const [typed, setTyped] = useState(group.tp_aggregate_percent);
  const gain = percentOf(typed);
  const onAverage = mode !== "per_leg";
  const bad = onAverage && gain === undefined;
  const wish: TargetsBody | undefined = bad
    ? undefined
    : {
        tp_mode: mode,
        tp_execution: way,
        ...(onAverage ? { tp_aggregate_percent: gain ?? null } : {}),
      };
  const preview = usePreview(group.id, wish);
  const change = useAction((key) => post(path(group.id), wish, key), say.applied);
  const same =
    mode === group.tp_mode &&
    way === ending.tp_execution &&
    (!onAverage || gain === plain(dec(group.tp_aggregate_percent)));
  return (
    <Sheet title={say.changeTitle} onClose={() => change.busy || onClose()}>
      <div class="form">
        <Choice
          legend={say.mode}
          options={MODES.map((one) => [one, text.group.tpModes[one] ?? one] as const)}
          value={mode}
          disabled={change.busy}
          onChoose={setMode}
          hint={say.modeHints[mode] ?? ""}
        />
        {onAverage && (
          <Field
            label={say.percent}
            name="percent"
            type="text"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            fault={bad ? say.badPercent : undefined}
          />
        )}
        <Choice
          legend={say.execution}
          options={WAYS.map((one) => [one, say.executions[one] ?? one] as const)}
          value={way}
          disabled={change.busy}
          onChoose={setWay}
        />
        <div class="targets-changes" aria-live="polite">
          {same ? (
            <p class="hint">{say.same}</p>
          ) : preview.error ? (
            <Failure error={preview.error} retry={() => void preview.refetch()} />
          ) : (
            preview.data && <Changes preview={preview.data} />
          )}
        </div>
      </div>
      <button
        type="button"
        class="button primary"
        disabled={same || bad || change.busy || preview.data === undefined}
        onClick={() => void change.run().then((done) => done && onClose())}
      >
        {change.busy ? say.applying : say.apply}
      </button>
    </Sheet>
  );
}
