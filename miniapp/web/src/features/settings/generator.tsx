// A ladder by numbers: step, scale of the steps, scale of the sizes; drawn as it is typed.
import { keepPreviousData, useQuery } from "@tanstack/preact-query";
import { useId, useState } from "preact/hooks";
import type { LadderBody } from "../../api/contract";
import { ApiError } from "../../api/errors";
import { usd } from "../../format/number";
import { Sheet } from "../../ui/sheet";
import { generate } from "./api";
import { NumberField } from "./controls";
import { typed } from "./doc";
import { usePaused } from "./draft";
import { Picture } from "./picture";
import { type Leg, planOf } from "./plan";
import { words } from "./words";

const BEGIN = {
  step_percent: "1",
  step_scale: "1.5",
  volume_scale: "1.5",
  base_usd: "100",
  safety_usd: "100",
  orders: 4,
  tp_percent: "1",
} as const satisfies LadderBody;

type Name = keyof typeof BEGIN;
const FIELDS: readonly (readonly [Name, string])[] = [
  ["step_percent", "%"],
  ["step_scale", "×"],
  ["volume_scale", "×"],
  ["orders", ""],
  ["base_usd", "USD"],
  ["safety_usd", "USD"],
  ["tp_percent", "%"],
];

interface GeneratorProps {
  readonly example: string;
  readonly onTake: (legs: readonly Leg[]) => void;
  readonly onClose: () => void;
}

export function GeneratorSheet({ example, onTake, onClose }: GeneratorProps) {
  const say = words();
  const id = useId();
  const [body, setBody] = useState<Record<Name, string | number>>({ ...BEGIN });
  const paused = usePaused(body);
  const query = useQuery({
    queryKey: ["settings-generated", JSON.stringify(paused)],
    queryFn: () => generate(paused as unknown as LadderBody),
    placeholderData: keepPreviousData,
  });
  const faults = query.error instanceof ApiError ? query.error.problem.errors : [];
  const faultAt = (name: Name): string | undefined =>
    faults?.find((one) => one.field === name)?.message;
  const made = query.error ? undefined : query.data;
  const legs = (made?.ladder ?? []) as unknown as readonly Leg[];
  const fresh = paused === body && !query.isPlaceholderData;
  return (
    <Sheet title={say.generatorTitle} onClose={onClose}>
      <p class="sheet-body">{say.generatorBody}</p>
      <div class="generator">
        {FIELDS.map(([name, unit]) => {
          const fault = faultAt(name);
          return (
            <div key={name} class="generator-field">
              <label for={`${id}-${name}`}>{say.generator[name]}</label>
              <NumberField
                id={`${id}-${name}`}
                value={String(body[name])}
                unit={unit}
                faulty={fault !== undefined}
                disabled={false}
                onInput={(text) => setBody({ ...body, [name]: typed(text, name === "orders") })}
              />
              {fault && (
                <p class="fault" id={`${id}-${name}-fault`} role="status">
                  {fault}
                </p>
              )}
              <span class="sr-only" id={`${id}-${name}-why`} />
            </div>
          );
        })}
      </div>
      {legs.length > 0 && <Picture plan={planOf(legs, example, made?.total_usd ?? null)} />}
      {made && <p class="hint">{say.generatedTotal(usd(made.total_usd, "auto", true))}</p>}
      <button
        type="button"
        class="button primary tall"
        disabled={!made || !fresh}
        onClick={() => onTake(legs)}
      >
        {say.useLadder}
      </button>
    </Sheet>
  );
}
