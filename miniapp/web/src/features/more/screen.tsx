// More: the account, history, preferences, and the notices that licences ask for.
import type { AccountView } from "../../api/contract";
import { useHome } from "../../api/queries";
import { usd } from "../../format/number";
import { openOutside } from "../../telegram/bridge";
import { haptic, hapticsOn, setHaptics } from "../../telegram/haptics";
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
import { words as alertsWords } from "../alerts/words";
import { words as connectWords } from "../connect/words";
import { words as tradesWords } from "../trades/words";
import { words } from "./words";

const CHARTS_URL = "https://www.tradingview.com/";

function HapticsCell() {
  return (
    <label class="cell iconed">
      <span class="cell-icon accent">
        <HapticsIcon size={20} />
      </span>
      <span class="cell-body">
        <span class="cell-line">
          <span class="cell-title">{words().haptics}</span>
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
  const say = words();
  const feed = useHome(account.id).data?.feed.feed;
  return (
    <>
      <h1 class="title">{say.title}</h1>
      <Section title={say.account}>
        <div class="card list">
          <Cell
            icon={WalletIcon}
            title={account.label}
            subtitle={account.venue}
            value={<Num>{usd(account.total_capital_usd, "auto", true)}</Num>}
            href="/account"
          />
          <Cell icon={ArrowsIcon} title={say.prices} value={feed ?? "–"} />
          <Cell icon={SettingsIcon} title={say.settings} href="/settings" />
          <Cell icon={KeyIcon} title={say.exchanges} href="/exchanges" />
          <Cell icon={LinkIcon} title={connectWords().row} href="/connect" />
        </div>
      </Section>
      <Section title={say.history}>
        <div class="card list">
          <Cell icon={HistoryIcon} tint="up" title={tradesWords().title} href="/trades" />
          <Cell icon={BellIcon} tint="warn" title={alertsWords().title} href="/alerts" />
        </div>
      </Section>
      <Section title={say.preferences}>
        <div class="card list">
          <HapticsCell />
        </div>
      </Section>
      <Section title={say.about}>
        <div class="card list">
          <Cell icon={InfoIcon} title={say.aboutRow} href="/about" />
        </div>
      </Section>
    </>
  );
}

export function AboutScreen() {
  const say = words();
  return (
    <>
      <h1 class="title">{say.about}</h1>
      <Section title={say.riskTitle}>
        <p class="card padded">{say.risk}</p>
      </Section>
      <Section title={say.chartsTitle}>
        <div class="card padded">
          <p>{say.charts}</p>
          <button type="button" class="link" onClick={() => openOutside(CHARTS_URL)}>
            {say.chartsLink}
          </button>
        </div>
      </Section>
    </>
  );
}
