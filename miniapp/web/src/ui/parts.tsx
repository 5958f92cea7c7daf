// The small parts every screen is made of: sections, cells, tags, avatars, empty states.
import type { ComponentChildren, ComponentType } from "preact";
import { Link } from "wouter-preact";
import { text } from "../text";
import { ChevronIcon } from "./icons";

interface SectionProps {
  readonly title?: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A titled block. The title is a real heading, so a screen can be walked by headings. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section class="section">
      {title && (
        <div class="section-head">
          <h2>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

interface CellProps {
  readonly icon?: ComponentType<{ size?: number }>;
  readonly tint?: "accent" | "up" | "down" | "warn";
  readonly title: ComponentChildren;
  readonly subtitle?: ComponentChildren;
  readonly value?: ComponentChildren;
  readonly href?: string;
  readonly onClick?: () => void;
  readonly children?: ComponentChildren;
}

/** One row of a card, as in Telegram's own settings. */
export function Cell(props: CellProps) {
  const { icon: Icon, tint = "accent", title, subtitle, value, href, onClick, children } = props;
  const inside = (
    <>
      {Icon && (
        <span class={`cell-icon ${tint}`}>
          <Icon size={20} />
        </span>
      )}
      <span class="cell-body">
        <span class="cell-line">
          <span class="cell-title">{title}</span>
          {value !== undefined && <span class="cell-value">{value}</span>}
        </span>
        {subtitle !== undefined && <span class="cell-subtitle">{subtitle}</span>}
        {children}
      </span>
      {(href || onClick) && <ChevronIcon size={18} class="cell-chevron" />}
    </>
  );
  const name = Icon ? "cell iconed" : "cell";
  if (href) {
    return (
      <Link href={href} class={`${name} tappable`}>
        {inside}
      </Link>
    );
  }
  if (onClick) {
    return (
      <button type="button" class={`${name} tappable`} onClick={onClick}>
        {inside}
      </button>
    );
  }
  return <div class={name}>{inside}</div>;
}

export const SideTag = ({ side }: { side: string }) => (
  <span class={`tag ${side === "long" ? "up" : "down"}`}>{text.side[side] ?? side}</span>
);

const PEER_COLOURS = 7;

/** The coin's initials on one of the peer colours, the same for a symbol everywhere. */
export function Avatar({ symbol, size = "m" }: { symbol: string; size?: "m" | "l" }) {
  const base = symbol.split("/")[0] ?? symbol;
  let hash = 0;
  for (const letter of base) hash = (hash * 31 + letter.charCodeAt(0)) % 9973;
  return (
    <span class={`avatar ${size} peer-${hash % PEER_COLOURS}`} aria-hidden="true">
      {base.slice(0, 4)}
    </span>
  );
}

/** `BTC/USDT`: the quote recedes. */
export function SymbolName({ symbol }: { symbol: string }) {
  const [base, quote] = symbol.split("/");
  return (
    <bdi dir="ltr" class="symbol">
      {base}
      {quote && <span class="symbol-quote">/{quote}</span>}
    </bdi>
  );
}

interface EmptyProps {
  readonly icon: ComponentType<{ size?: number }>;
  readonly title: string;
  readonly body: string;
  readonly children?: ComponentChildren;
}

/** Says what will appear, and offers one next step. */
export const Empty = ({ icon: Icon, title, body, children }: EmptyProps) => (
  <div class="empty">
    <span class="empty-icon">
      <Icon size={36} />
    </span>
    <p class="empty-title">{title}</p>
    <p class="empty-body">{body}</p>
    {children}
  </div>
);

interface NoticeProps {
  readonly icon: ComponentType<{ size?: number }>;
  readonly tint: "warn" | "down" | "accent";
  readonly title?: string;
  readonly children: ComponentChildren;
  readonly action?: ComponentChildren;
}

/** A banner inside the page; what it says is announced. */
export const Notice = ({ icon: Icon, tint, title, children, action }: NoticeProps) => (
  <div class={`notice ${tint}`} role="status">
    <Icon size={22} />
    <div class="notice-body">
      {title && <p class="notice-title">{title}</p>}
      <p>{children}</p>
    </div>
    {action}
  </div>
);
