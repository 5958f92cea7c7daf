// The legs as a table to type in: distance, weight, target; add, move, remove, and the sum.
import { useState } from "preact/hooks";
import { haptic } from "../../telegram/haptics";
import { CheckIcon, MoreIcon, WarningIcon } from "../../ui/icons";
import { Sheet } from "../../ui/sheet";
import { type Path, typed } from "./doc";
import { MoveDownIcon, MoveUpIcon, PlusIcon } from "./icons";
import { controlAt, faultOf, labelOf, measured } from "./labels";
import { evened, type Leg, nextLeg, type Plan } from "./plan";
import { problemAt, type Scope } from "./scope";
import { words } from "./words";

const FIELDS = ["gap_percent", "weight_percent", "tp_percent"] as const;

interface LegsProps {
  readonly scope: Scope;
  readonly at: Path;
  readonly legs: readonly Leg[];
  readonly plan: Plan;
  readonly put: (legs: readonly Leg[]) => void;
}

function Sum({ scope, at, legs, plan, put }: LegsProps) {
  const say = words();
  const other = plan.whole ? problemAt(scope, at) : undefined;
  if (other) return <p class="fault">{faultOf(other, undefined)}</p>;
  return (
    <div class={plan.whole ? "sum" : "sum off"} role="status">
      {plan.whole ? <CheckIcon size={20} /> : <WarningIcon size={20} />}
      <span>{plan.whole ? say.sumWhole : say.sumOff(measured(plan.sum, "%"))}</span>
      {!plan.whole && !scope.locked && (
        <button
          type="button"
          class="button soft small"
          onClick={() => {
            haptic.tick();
            put(evened(legs));
          }}
        >
          {say.even}
        </button>
      )}
    </div>
  );
}

interface RowProps extends LegsProps {
  readonly index: number;
  readonly onMore: () => void;
}

function LegRow({ scope, at, index, legs, put, onMore }: RowProps) {
  const say = words();
  const leg = legs[index] as Leg;
  const found = FIELDS.map((name) => {
    const path = [...at, index, name];
    const control = controlAt(scope.form, `ladder[].${name}`);
    return { name, control, problem: problemAt(scope, path) };
  });
  return (
    <li class="leg">
      <span class="leg-number" aria-hidden="true">
        {index + 1}
      </span>
      {found.map(({ name, control, problem }) => (
        <input
          key={name}
          class="entry-input leg-input"
          type="text"
          dir="ltr"
          inputMode="decimal"
          autocomplete="off"
          maxLength={14}
          value={String(leg[name] ?? "")}
          disabled={scope.locked}
          aria-label={say.legField(index + 1, control ? labelOf(control) : name)}
          aria-invalid={problem !== undefined}
          aria-describedby={problem ? `leg-${index}-fault` : undefined}
          onInput={(event) => {
            const next = typed(event.currentTarget.value, false);
            put(legs.map((one, other) => (other === index ? { ...one, [name]: next } : one)));
          }}
        />
      ))}
      <button
        type="button"
        class="icon-button"
        disabled={scope.locked}
        aria-label={say.legMore(index + 1)}
        onClick={onMore}
      >
        <MoreIcon size={20} />
      </button>
      {found.some((one) => one.problem) && (
        <p class="fault leg-fault" id={`leg-${index}-fault`} role="status">
          {found
            .flatMap(({ problem, control }) =>
              problem ? [`${control ? labelOf(control) : ""}: ${faultOf(problem, control)}`] : [],
            )
            .join(" ")}
        </p>
      )}
    </li>
  );
}

interface MoreProps {
  readonly index: number;
  readonly legs: readonly Leg[];
  readonly put: (legs: readonly Leg[]) => void;
  readonly onClose: () => void;
}

function LegSheet({ index, legs, put, onClose }: MoreProps) {
  const say = words();
  const act = (next: readonly Leg[]): void => {
    haptic.tick();
    put(next);
    onClose();
  };
  const moved = (to: number): readonly Leg[] => {
    const next = [...legs];
    next.splice(to, 0, ...next.splice(index, 1));
    return next;
  };
  return (
    <Sheet title={say.leg(index + 1)} onClose={onClose}>
      <div class="actions stacked">
        <button
          type="button"
          class="button soft"
          disabled={index === 0}
          onClick={() => act(moved(index - 1))}
        >
          <MoveUpIcon size={20} />
          {say.up}
        </button>
        <button
          type="button"
          class="button soft"
          disabled={index === legs.length - 1}
          onClick={() => act(moved(index + 1))}
        >
          <MoveDownIcon size={20} />
          {say.down}
        </button>
        <button
          type="button"
          class="button reject"
          disabled={legs.length === 1}
          onClick={() => act(legs.filter((_, other) => other !== index))}
        >
          {say.removeLeg}
        </button>
      </div>
    </Sheet>
  );
}

export function Legs(props: LegsProps) {
  const say = words();
  const { scope, legs, put } = props;
  const [more, setMore] = useState<number | undefined>(undefined);
  const most = Number(controlAt(scope.form, "ladder")?.high?.value ?? legs.length);
  return (
    <div class="card legs">
      <div class="leg leg-head" aria-hidden="true">
        <span />
        {FIELDS.map((name) => {
          const control = controlAt(scope.form, `ladder[].${name}`);
          return <span key={name}>{`${control ? labelOf(control) : name} %`}</span>;
        })}
        <span />
      </div>
      <ol>
        {legs.map((_, index) => (
          <LegRow key={index} {...props} index={index} onMore={() => setMore(index)} />
        ))}
      </ol>
      <Sum {...props} />
      {!scope.locked && legs.length < most && (
        <button type="button" class="button soft add" onClick={() => put([...legs, nextLeg(legs)])}>
          <PlusIcon size={20} />
          {say.addLeg}
        </button>
      )}
      {legs.length >= most && <p class="hint">{say.mostLegs(most)}</p>}
      {more !== undefined && (
        <LegSheet {...{ legs, put }} index={more} onClose={() => setMore(undefined)} />
      )}
    </div>
  );
}
