// The ladder: one bar per leg, its state told by pattern and word, never by colour alone.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { LegView, OfferLeg } from "../api/contract";
import { compare, dec, finest, forGeometry } from "../format/decimal";
import { percent, price, usd } from "../format/number";
import { text } from "../text";
import { CheckIcon } from "./icons";
import { Num } from "./number";

export type LegState =
  | "filled"
  | "partially_filled"
  | "open"
  | "pending"
  | "cancelled"
  | "failed"
  | "tp_hit"
  | "closed";

const KNOWN: readonly string[] = [
  "filled",
  "partially_filled",
  "open",
  "pending",
  "cancelled",
  "failed",
];

type Shown = Pick<LegView, "status" | "tp_hit" | "closed_quantity" | "filled_quantity">;

/** What a leg's bar shows; how it ended says more than the fill before it. */
export function legState(leg: Shown): LegState {
  if (leg.tp_hit) return "tp_hit";
  const closed = dec(leg.closed_quantity);
  if (closed.digits > 0n && compare(closed, dec(leg.filled_quantity)) >= 0) return "closed";
  return (KNOWN.includes(leg.status) ? leg.status : "pending") as LegState;
}

interface BarProps {
  /** 0..1 of the widest leg. */
  readonly share: number;
  /** 0..1 of the leg that is filled. */
  readonly filled?: number;
  readonly state: LegState | "planned";
}

/** Widths go through CSSOM: the content security policy allows no style attributes. */
export function Bar({ share, filled = 1, state }: BarProps) {
  const ref = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    ref.current?.style.setProperty("--share", String(Math.max(0.04, Math.min(1, share))));
    ref.current?.style.setProperty("--filled", String(Math.max(0, Math.min(1, filled))));
  }, [share, filled]);
  return (
    <span class="bar" aria-hidden="true">
      <span ref={ref} class={`bar-fill ${state}`} />
    </span>
  );
}

const widest = (values: readonly string[]): number => Math.max(...values.map(forGeometry), 0) || 1;

interface LadderProps {
  readonly legs: readonly LegView[];
  /** Adds a second line per leg: gap, quantity, target and the way to it. */
  readonly detail?: boolean;
  /** False where the legs have no targets of their own: the average has one for them all. */
  readonly targets?: boolean;
}

/** The legs of a position: price, bar, capital, state word. */
export function Ladder({ legs, detail = false, targets = true }: LadderProps) {
  const most = widest(legs.map((leg) => leg.capital_usd));
  const fine = finest(...legs.map((leg) => leg.price));
  return (
    <ol class={detail ? "ladder detail" : "ladder"}>
      {legs.map((leg) => {
        const state = legState(leg);
        return (
          <li key={`${leg.pyramid}.${leg.index}`} class={state}>
            <Num class="ladder-price">{price(leg.avg_fill_price ?? leg.price, fine)}</Num>
            <Bar
              share={forGeometry(leg.capital_usd) / most}
              filled={forGeometry(leg.filled_quantity) / (forGeometry(leg.quantity) || 1)}
              state={state}
            />
            <Num class="ladder-size">{usd(leg.capital_usd, "auto", true)}</Num>
            <span class="ladder-state">
              {state === "tp_hit" && <CheckIcon size={12} />}
              {text.leg[state]}
            </span>
            {detail && <LegLine leg={leg} fine={fine} targets={targets} />}
          </li>
        );
      })}
    </ol>
  );
}

interface LegLineProps {
  readonly leg: LegView;
  readonly fine: number;
  readonly targets: boolean;
}

function LegLine({ leg, fine, targets }: LegLineProps) {
  const target = targets ? leg.tp_price : null;
  const open = target !== null && !leg.tp_hit;
  return (
    <span class="ladder-more">
      <span>
        <Num>{percent(leg.gap_percent, "auto")}</Num> · <Num>{price(leg.quantity)}</Num>
      </span>
      {target !== null && <span>{text.leg.target(price(target, fine))}</span>}
      {open && leg.progress_percent !== null && (
        <span>{text.leg.progress(percent(leg.progress_percent, "auto", 0))}</span>
      )}
    </span>
  );
}

/** The ladder an offer would place. */
export function PlannedLadder({ legs }: { legs: readonly OfferLeg[] }) {
  const most = widest(legs.map((leg) => leg.capital_usd));
  const fine = finest(...legs.map((leg) => leg.price));
  return (
    <ol class="ladder planned">
      {legs.map((leg) => (
        <li key={leg.index}>
          <Num class="ladder-price">{price(leg.price, fine)}</Num>
          <Bar share={forGeometry(leg.capital_usd) / most} state="planned" />
          <Num class="ladder-size">{usd(leg.capital_usd, "auto", true)}</Num>
          <span class="ladder-state">
            <Num>{percent(leg.gap_percent)}</Num>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Legs as equal segments, for lists. */
export function Segments({ filled, total }: { filled: number; total: number }) {
  const items = Array.from({ length: total }, (_, at) => at);
  return (
    <span class="segments" aria-hidden="true">
      {items.map((at) => (
        <span key={at} class={at < filled ? "segment on" : "segment"} />
      ))}
    </span>
  );
}

/** A share of a whole as one bar, for capital. */
export function Meter({ share, label }: { share: number; label: string }) {
  const ref = useRef<HTMLSpanElement>(null);
  const clamped = Math.max(0, Math.min(1, share));
  useLayoutEffect(() => {
    ref.current?.style.setProperty("--share", String(clamped));
  }, [clamped]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot be drawn in the theme's colours
    <span
      class="meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(clamped * 100)}
    >
      <span ref={ref} class="meter-fill" />
    </span>
  );
}
