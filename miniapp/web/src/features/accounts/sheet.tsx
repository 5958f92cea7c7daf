// The accounts of a person, to choose the one that every screen is about.
import { Link } from "wouter-preact";
import { chooseAccount } from "../../api/account";
import type { AccountView } from "../../api/contract";
import { useHome } from "../../api/queries";
import { usd } from "../../format/number";
import { venueName } from "../../format/venue";
import { haptic } from "../../telegram/haptics";
import { text } from "../../text";
import { CheckIcon } from "../../ui/icons";
import { Num } from "../../ui/number";
import { Sheet } from "../../ui/sheet";
import "./sheet.css";
import { words } from "./words";

interface RowProps {
  readonly account: AccountView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Row({ account, chosen, onChoose }: RowProps) {
  const say = words();
  const home = useHome(account.id).data;
  const waiting = home?.offers_waiting ?? 0;
  const paper = account.venue === "paper";
  const where = paper
    ? say.paper
    : `${venueName(account.venue)} · ${say.market[account.market ?? "spot"]}`;
  const news = [
    account.state !== "running" && text.state[account.state],
    waiting > 0 && say.waiting(waiting),
  ].filter(Boolean);
  return (
    <li>
      <button
        type="button"
        class="seat"
        aria-current={chosen ? "true" : undefined}
        onClick={onChoose}
      >
        <span class={`state-dot ${account.state}`} aria-hidden="true" />
        <span class="seat-body">
          <span class="seat-name">{account.label}</span>
          <span class="seat-where">{where}</span>
          {news.length > 0 && <span class="seat-news">{news.join(" · ")}</span>}
        </span>
        <span class="seat-equity">
          {home ? <Num>{usd(home.equity_usd, "auto", true)}</Num> : <span class="seat-blank" />}
        </span>
        <span class="seat-check">{chosen && <CheckIcon size={22} />}</span>
      </button>
    </li>
  );
}

interface SheetProps {
  readonly accounts: readonly AccountView[];
  readonly current: string;
  readonly onClose: () => void;
}

export function AccountSheet({ accounts, current, onClose }: SheetProps) {
  const say = words();
  const choose = (id: string): void => {
    haptic.tick();
    chooseAccount(id);
    onClose();
  };
  return (
    <Sheet title={say.title} onClose={onClose}>
      <ul class="seats">
        {accounts.map((one) => (
          <Row
            key={one.id}
            account={one}
            chosen={one.id === current}
            onChoose={() => choose(one.id)}
          />
        ))}
      </ul>
      <Link href="/exchanges" class="button soft" onClick={onClose}>
        {say.manage}
      </Link>
    </Sheet>
  );
}
