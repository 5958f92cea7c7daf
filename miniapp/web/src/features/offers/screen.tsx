// Offers: what waits for a decision, and what became of the last ones.

import { Link } from "wouter-preact";
import { useAccountOf } from "../../api/account";
import { serverNow } from "../../api/clock";
import type { OfferView } from "../../api/contract";
import { useOffer, useOffers } from "../../api/queries";
import { useFreshness } from "../../api/useFreshness";
import { price, usd } from "../../format/number";
import { clock } from "../../format/time";
import { text } from "../../text";
import { OffersIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Num } from "../../ui/number";
import { Avatar, Empty, Section, SideTag, SymbolName } from "../../ui/parts";
import { OfferCard } from "./card";
import { keptOffers } from "./decisions";
import { arrange } from "./state";

const RECENT = 20;

function DecidedRow({ offer }: { offer: OfferView }) {
  const at = offer.decided_at ?? offer.expires_at;
  const word = text.offer.statusWord[offer.status] ?? offer.status;
  return (
    <Link
      class="cell pictured tappable"
      href={offer.group_id ? `/positions/${offer.group_id}` : `/offers/${offer.id}`}
    >
      <Avatar symbol={offer.symbol} />
      <span class="cell-body">
        <span class="cell-line">
          <span class="cell-title">
            <SymbolName symbol={offer.symbol} /> <SideTag side={offer.side} />
          </span>
          <span class={`cell-value status-${offer.status}`}>{word}</span>
        </span>
        <span class="cell-line cell-subtitle">
          <span>
            <Num>{usd(offer.capital_usd, "auto", true)}</Num>
            {offer.entry_price && (
              <>
                {" · "}
                <Num>{price(offer.entry_price)}</Num>
              </>
            )}
          </span>
          <Num>{clock(at, serverNow())}</Num>
        </span>
      </span>
    </Link>
  );
}

export function OffersScreen({ account }: { account: string }) {
  const fresh = useFreshness(account);
  const pending = useOffers(account, "pending");
  const recent = useOffers(account, "any");
  return (
    <>
      <h1 class="title">{text.offer.title}</h1>
      <Loaded query={pending} skeleton={<Skeleton shapes={["card", "card"]} />}>
        {(page) => {
          const cards = arrange(page.items, keptOffers(account));
          const shown = new Set(cards.map((offer) => offer.id));
          const decided = (recent.data?.items ?? [])
            .filter((offer) => offer.status !== "pending" && !shown.has(offer.id))
            .slice(0, RECENT);
          return (
            <>
              {cards.map((offer) => (
                <OfferCard key={offer.id} offer={offer} fresh={fresh} />
              ))}
              {cards.length === 0 && (
                <Empty
                  icon={OffersIcon}
                  title={text.offer.emptyTitle}
                  body={text.offer.emptyBody}
                />
              )}
              {decided.length > 0 && (
                <Section title={text.offer.decidedHead}>
                  <div class="card list">
                    {decided.map((offer) => (
                      <DecidedRow key={offer.id} offer={offer} />
                    ))}
                  </div>
                </Section>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function One({ offer, account }: { offer: OfferView; account: string }) {
  useAccountOf(offer.account_id);
  return <OfferCard offer={offer} fresh={useFreshness(account)} />;
}

/** One offer, as a deep link opens it. */
export function OfferScreen({ id, account }: { id: string; account: string }) {
  return (
    <>
      <h1 class="title">{text.offer.title}</h1>
      <Loaded query={useOffer(id)} skeleton={<Skeleton shapes={["card"]} />}>
        {(offer) => <One offer={offer} account={account} />}
      </Loaded>
    </>
  );
}
