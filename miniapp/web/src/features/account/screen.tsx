// One account: its state, its venue, what comparing found, and the way to close everything.

import type { AccountView } from "../../api/contract";
import { useHome } from "../../api/queries";
import { venueName } from "../../format/venue";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Cell, Section } from "../../ui/parts";
import { KeyIcon, LinkIcon } from "../../ui/rareIcons";
import "./account.css";
import { Emergency, State } from "./state";
import { Comparisons, Venue } from "./venue";
import { words } from "./words";

export function AccountScreen({ account }: { account: AccountView }) {
  const say = words();
  const paper = account.venue === "paper";
  const where = paper
    ? say.paperShort
    : `${venueName(account.venue)} · ${say.market[account.market ?? "spot"]}`;
  return (
    <>
      <h1 class="title">{account.label}</h1>
      <p class="hint lead under-title">{where}</p>
      <Loaded query={useHome(account.id)} skeleton={<Skeleton shapes={["card", "card"]} />}>
        {(home) => (
          <>
            <State account={home.account} />
            <Venue account={account} />
            <Comparisons account={account.id} />
            <Section title={say.more}>
              <div class="card list">
                <Cell icon={LinkIcon} title={say.webhooks} href="/webhooks" />
                <Cell icon={KeyIcon} title={say.exchanges} href="/exchanges" />
              </div>
            </Section>
            <Emergency home={home} />
          </>
        )}
      </Loaded>
    </>
  );
}
