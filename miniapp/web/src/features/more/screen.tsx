// More: the account, history, preferences, and the notices that licences ask for.
import type { AccountView } from "../../api/contract";
import { useHome } from "../../api/queries";
import { usd } from "../../format/number";
import { openOutside } from "../../telegram/bridge";
import { haptic, hapticsOn, setHaptics } from "../../telegram/haptics";
import { text } from "../../text";
import { ArrowsIcon, BellIcon, WalletIcon } from "../../ui/icons";
import { Num } from "../../ui/number";
import { Cell, Section } from "../../ui/parts";
import {
  HapticsIcon,
  HistoryIcon,
  InfoIcon,
  KeyIcon,
  LinkIcon,
  SettingsIcon,
} from "../../ui/rareIcons";

const CHARTS_URL = "https://www.tradingview.com/";

function HapticsCell() {
  return (
    <label class="cell iconed">
      <span class="cell-icon accent">
        <HapticsIcon size={20} />
      </span>
      <span class="cell-body">
        <span class="cell-line">
          <span class="cell-title">{text.more.haptics}</span>
          <input
            type="checkbox"
            role="switch"
            aria-checked={hapticsOn.value}
            class="switch"
            checked={hapticsOn.value}
            onChange={(event) => {
              setHaptics(event.currentTarget.checked);
              haptic.tick();
            }}
          />
        </span>
      </span>
    </label>
  );
}

export function MoreScreen({ account }: { account: AccountView }) {
  const feed = useHome(account.id).data?.feed.feed;
  return (
    <>
      <h1 class="title">{text.more.title}</h1>
      <Section title={text.more.account}>
        <div class="card list">
          <Cell
            icon={WalletIcon}
            title={account.label}
            subtitle={account.venue}
            value={<Num>{usd(account.total_capital_usd, "auto", true)}</Num>}
            href="/account"
          />
          <Cell icon={ArrowsIcon} title={text.more.prices} value={feed ?? "–"} />
          <Cell icon={SettingsIcon} title={text.more.settings} href="/settings" />
          <Cell icon={KeyIcon} title={text.more.exchanges} href="/exchanges" />
          <Cell icon={LinkIcon} title={text.connect.row} href="/connect" />
        </div>
      </Section>
      <Section title={text.more.history}>
        <div class="card list">
          <Cell icon={HistoryIcon} tint="up" title={text.trades.title} href="/trades" />
          <Cell icon={BellIcon} tint="warn" title={text.alerts.title} href="/alerts" />
        </div>
      </Section>
      <Section title={text.more.preferences}>
        <div class="card list">
          <HapticsCell />
        </div>
      </Section>
      <Section title={text.more.about}>
        <div class="card list">
          <Cell icon={InfoIcon} title={text.more.aboutRow} href="/about" />
        </div>
      </Section>
    </>
  );
}

export function AboutScreen() {
  return (
    <>
      <h1 class="title">{text.more.about}</h1>
      <Section title={text.more.riskTitle}>
        <p class="card padded">{text.more.risk}</p>
      </Section>
      <Section title={text.more.chartsTitle}>
        <div class="card padded">
          <p>{text.more.charts}</p>
          <button type="button" class="link" onClick={() => openOutside(CHARTS_URL)}>
            {text.more.chartsLink}
          </button>
        </div>
      </Section>
    </>
  );
}
