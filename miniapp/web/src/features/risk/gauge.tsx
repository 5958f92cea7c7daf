// The drawdown gauge: how far equity is below its peak, and where the guard acts.
import type { GuardView } from "../../api/contract";
import { dec, divide, forGeometry, multiply, plain, subtract } from "../../format/decimal";
import { percent, usd } from "../../format/number";
import { Facts } from "../../ui/facts";
import { Num } from "../../ui/number";
import { words } from "./words";

const RADIUS = 84;
const CENTRE_X = 100;
const CENTRE_Y = 96;
const PLACES = 8;

const round = (value: number): number => Math.round(value * 100) / 100;

/** A point of the half ring; 0 is its left end, 1 its right. */
function at(share: number, radius = RADIUS): string {
  const angle = Math.PI * (1 - Math.max(0, Math.min(1, share)));
  const x = CENTRE_X + radius * Math.cos(angle);
  const y = CENTRE_Y - radius * Math.sin(angle);
  return `${round(x)} ${round(y)}`;
}

const arc = (from: number, to: number): string =>
  `M ${at(from)} A ${RADIUS} ${RADIUS} 0 0 1 ${at(to)}`;

const tick = (share: number): string => `M ${at(share, RADIUS - 13)} L ${at(share, RADIUS + 13)}`;

function Ring({ guard, label }: { guard: GuardView; label: string }) {
  const whole = forGeometry(guard.max_percent) || 1;
  const now = Math.min(1, forGeometry(guard.drawdown_percent ?? "0") / whole);
  const soft = Math.min(1, forGeometry(guard.soft_percent) / whole);
  return (
    <svg class={`gauge ${guard.stage}`} viewBox="0 0 200 108" role="img" aria-label={label}>
      <path class="gauge-track" d={arc(0, soft)} />
      <path class="gauge-track late" d={arc(soft, 1)} />
      {now > 0 && <path class="gauge-now" d={arc(0, now)} />}
      {soft < 1 && <path class="gauge-tick" d={tick(soft)} />}
    </svg>
  );
}

/** The equity at which everything is closed. */
function floor(guard: GuardView): string | null {
  if (guard.peak_usd === null) return null;
  const left = subtract(dec("100"), dec(guard.max_percent));
  return plain(divide(multiply(dec(guard.peak_usd), left), dec("100"), PLACES));
}

export function Gauge({ guard }: { guard: GuardView }) {
  const say = words();
  const short = (value: string): string => percent(value, "auto", 0);
  const now = guard.drawdown_percent === null ? "–" : percent(guard.drawdown_percent);
  const maybe = (value: string | null): string => (value === null ? "–" : usd(value, "auto", true));
  if (!guard.enabled) return <p class="card padded hint">{say.guardOff}</p>;
  return (
    <div class="card gauge-card">
      <div class="gauge-place">
        <Ring
          guard={guard}
          label={say.gauge(now, short(guard.soft_percent), short(guard.max_percent))}
        />
        <p class="gauge-value">
          <Num>{now}</Num>
        </p>
        <p class="hint">{guard.drawdown_percent === null ? say.unknown : say.below}</p>
      </div>
      <p class="gauge-legend">
        <span
          class={`tag ${guard.stage === "calm" ? "up" : guard.stage === "hard" ? "down" : "warn"}`}
        >
          {say.stages[guard.stage]}
        </span>
        <span>{say.soft(short(guard.soft_percent))}</span>
        <span>{say.hard(short(guard.max_percent))}</span>
      </p>
      <Facts
        of={[
          [say.equity, maybe(guard.equity_usd)],
          [say.peak, maybe(guard.peak_usd)],
          [say.closesAt, maybe(floor(guard))],
        ]}
      />
    </div>
  );
}
