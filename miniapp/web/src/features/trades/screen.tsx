// Trades: closed positions with their result and the reason they ended, and what they add up to.
import { useState } from "preact/hooks";
import { Chips } from "../../ui/chips";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Older } from "../../ui/older";
import { Empty, Section } from "../../ui/parts";
import { HistoryIcon } from "../../ui/rareIcons";
import { type Result, useTrades } from "./api";
import { Periods } from "./periods";
import { Row } from "./row";
import "./trades.css";
import "../../ui/unfold.css";
import { words } from "./words";

const RESULTS: readonly Result[] = ["any", "won", "lost"];

export function TradesScreen({ account }: { account: string }) {
  const say = words();
  const [result, setResult] = useState<Result>("any");
  const query = useTrades(account, result);
  return (
    <>
      <h1 class="title">{say.title}</h1>
      <Periods account={account} />
      <Loaded query={query} skeleton={<Skeleton shapes={["card"]} />}>
        {({ pages }) => {
          const trades = pages.flatMap((page) => page.items);
          if (trades.length === 0 && result === "any") {
            return <Empty icon={HistoryIcon} title={say.emptyTitle} body={say.emptyBody} />;
          }
          return (
            <Section>
              <fieldset class="which">
                <legend class="sr-only">{say.ended}</legend>
                <Chips
                  options={RESULTS.map((one) => [one, say.which[one]])}
                  value={result}
                  onChoose={setResult}
                />
              </fieldset>
              {trades.length === 0 ? (
                <p class="card padded hint">{say.noneOf}</p>
              ) : (
                <div class="card list">
                  {trades.map((trade) => (
                    <Row key={trade.id} trade={trade} />
                  ))}
                </div>
              )}
              <Older query={query} />
            </Section>
          );
        }}
      </Loaded>
    </>
  );
}
