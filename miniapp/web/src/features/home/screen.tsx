// Home: alarms, then decisions, then positions, then the engine's own figures.
import { Link } from "wouter-preact";
import type { GroupView, HomeView, OfferView } from "../../api/contract";
import { tooOld } from "../../api/freshness";
import { useGroups, useHome, useOffers } from "../../api/queries";
import { useFreshness } from "../../api/useFreshness";
import { usdParts } from "../../format/number";
import { text } from "../../text";
import { FreshnessBadge } from "../../ui/freshness";
import { ChevronIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Pnl } from "../../ui/number";
import { Section } from "../../ui/parts";
import { OfferCard } from "../offers/card";
import { keptOffers } from "../offers/decisions";
import { arrange } from "../offers/state";
import { PositionCard } from "../positions/card";
import { Controls, StateBanner } from "./controls";
import { EngineCard } from "./engine";
import { FirstSteps, Quiet } from "./first";

const OFFERS_SHOWN = 2;
const POSITIONS_SHOWN = 3;

type Freshness = ReturnType<typeof useFreshness>;

function Hero({ home, fresh }: { home: HomeView; fresh: Freshness }) {
  const { whole, cents } = usdParts(home.equity_usd);
  const old = tooOld(fresh);
  return (
    <section class="hero">
      <h1 class="hero-label">
        {text.home.equity} <FreshnessBadge fresh={fresh} />
      </h1>
      <p class={old ? "hero-number muted" : "hero-number"}>
        <bdi dir="ltr" class="num">
          {whole}
          <span class="cents">{cents}</span>
        </bdi>
      </p>
      <p class="hero-pnl">
        <Pnl
          usdValue={home.pnl_today_usd}
          percentValue={home.pnl_today_percent}
          muted={old}
          class="pill"
        />
        <span class="hint">{text.home.today}</span>
      </p>
    </section>
  );
}

function Totals({ home }: { home: HomeView }) {
  return (
    <dl class="card totals">
      <div>
        <dt>{text.home.total}</dt>
        <dd>
          <Pnl usdValue={home.pnl_total_usd} percentValue={home.pnl_total_percent} stacked />
        </dd>
      </div>
      <div>
        <dt>{text.home.realized}</dt>
        <dd>
          <Pnl usdValue={home.realized_pnl_usd} />
        </dd>
      </div>
      <div>
        <dt>{text.home.unrealized}</dt>
        <dd>
          <Pnl usdValue={home.unrealized_pnl_usd} />
        </dd>
      </div>
    </dl>
  );
}

const More = ({ href, children }: { href: string; children: string }) => (
  <Link href={href} class="more">
    {children}
    <ChevronIcon size={16} />
  </Link>
);

interface OffersProps {
  readonly offers: readonly OfferView[];
  readonly fresh: Freshness;
}

function Decisions({ offers, fresh }: OffersProps) {
  const shown = offers.slice(0, OFFERS_SHOWN);
  return (
    <Section
      title={text.home.decide}
      aside={
        offers.length > shown.length && (
          <More href="/offers">{text.home.allOffers(offers.length)}</More>
        )
      }
    >
      {shown.map((offer) => (
        <OfferCard key={offer.id} offer={offer} fresh={fresh} folded />
      ))}
    </Section>
  );
}

function Positions({ groups, fresh }: { groups: readonly GroupView[]; fresh: Freshness }) {
  const shown = groups.slice(0, POSITIONS_SHOWN);
  return (
    <Section
      title={text.home.positions}
      aside={
        groups.length > shown.length && (
          <More href="/positions">{text.home.allPositions(groups.length)}</More>
        )
      }
    >
      {shown.map((group) => (
        <PositionCard key={group.id} group={group} fresh={fresh} ladder />
      ))}
    </Section>
  );
}

export function HomeScreen({ account }: { account: string }) {
  const home = useHome(account);
  const offers = useOffers(account, "pending");
  const groups = useGroups(account, "open");
  const fresh = useFreshness(account);
  const cards = arrange(offers.data?.items ?? [], keptOffers(account));
  const positions = groups.data?.items ?? [];
  const settled = offers.data !== undefined && groups.data !== undefined;
  return (
    <Loaded query={home} skeleton={<Skeleton shapes={["hero", "row", "card", "card"]} />}>
      {(view) => (
        <>
          <StateBanner home={view} />
          <Hero home={view} fresh={fresh} />
          <Controls home={view} />
          {!settled && <Skeleton shapes={["title", "card"]} />}
          {cards.length > 0 && <Decisions offers={cards} fresh={fresh} />}
          {positions.length > 0 && <Positions groups={positions} fresh={fresh} />}
          {settled &&
            cards.length === 0 &&
            positions.length === 0 &&
            (view.last_alert ? <Quiet /> : <FirstSteps account={account} />)}
          <Section title={text.home.engine}>
            <Totals home={view} />
            <EngineCard home={view} />
          </Section>
        </>
      )}
    </Loaded>
  );
}
