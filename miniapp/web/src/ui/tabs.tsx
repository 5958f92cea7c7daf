// The tab bar: four places, a badge for what waits.
import { Link, useLocation } from "wouter-preact";
import { useOffers } from "../api/queries";
import { integer } from "../format/number";
import { isRoot } from "../navigation";
import { haptic } from "../telegram/haptics";
import { text } from "../text";
import { HomeIcon, MoreIcon, OffersIcon, PositionsIcon } from "./icons";

const BADGE_MAX = 99;
const TABS = [
  { href: "/", name: "home", icon: HomeIcon },
  { href: "/offers", name: "offers", icon: OffersIcon },
  { href: "/positions", name: "positions", icon: PositionsIcon },
  { href: "/more", name: "more", icon: MoreIcon },
] as const;

export function Tabs({ account }: { account: string }) {
  const [path] = useLocation();
  const waiting = useOffers(account, "pending").data?.items.length ?? 0;
  if (!isRoot(path)) return null; // A pushed screen has its own bottom, as in Telegram itself.
  return (
    <nav class="tabs" aria-label={text.tabs.label}>
      {TABS.map(({ href, name, icon: Icon }) => (
        <Link
          key={href}
          href={href}
          class="tab"
          aria-current={path === href ? "page" : undefined}
          onClick={() => haptic.tick()}
        >
          <Icon size={26} />
          <span>{text.tabs[name]}</span>
          {href === "/offers" && waiting > 0 && (
            <span class="badge">
              {waiting > BADGE_MAX ? `${BADGE_MAX}+` : integer(waiting)}
              <span class="sr-only"> {text.waiting(waiting)}</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
