// Numbers on the page: isolated left-to-right, tabular, with sign and arrow where they mean gain or loss.
import { dec, sign } from "../format/decimal";
import { percent, usd } from "../format/number";
import { DownIcon, UpIcon } from "./icons";

interface NumProps {
  readonly children: string;
  readonly class?: string;
}

/** A number that keeps its own direction inside any text. */
export function Num({ children, class: name }: NumProps) {
  return (
    <bdi dir="ltr" class={name ? `num ${name}` : "num"}>
      {children}
    </bdi>
  );
}

/** Colour, arrow and sign together: none of them speaks alone. */
export const tone = (value: string | null): "up" | "down" | "flat" => {
  const direction = value === null ? 0 : sign(dec(value));
  return direction > 0 ? "up" : direction < 0 ? "down" : "flat";
};

const ARROWS = { up: UpIcon, down: DownIcon, flat: undefined };

interface PnlProps {
  readonly usdValue: string | null;
  /** In percent, as the server sends it. */
  readonly percentValue?: string | null;
  readonly muted?: boolean;
  readonly stacked?: boolean;
  readonly class?: string;
}

export function Pnl({ usdValue, percentValue, muted, stacked, class: name }: PnlProps) {
  if (usdValue === null) return <span class="pnl flat">–</span>;
  const direction = tone(usdValue);
  const Arrow = ARROWS[direction];
  const classes = ["pnl", direction, muted && "muted", stacked && "stacked", name];
  return (
    <span class={classes.filter(Boolean).join(" ")}>
      <span class="pnl-usd">
        {Arrow && <Arrow size={12} />}
        <Num>{usd(usdValue, "always", true)}</Num>
      </span>
      {percentValue !== undefined && percentValue !== null && (
        <Num class="pnl-percent">{percent(percentValue, "always")}</Num>
      )}
    </span>
  );
}
