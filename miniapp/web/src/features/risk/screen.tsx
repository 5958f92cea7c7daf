// Risk: how far equity has fallen, what the risk engine would do, and what it did.
import { Loaded, Skeleton } from "../../ui/loaded";
import "../../ui/unfold.css";
import { useRisk } from "./api";
import { Gauge } from "./gauge";
import { DayLoss, GuardStop, Locks } from "./guard";
import { History } from "./history";
import { PlanCard, PlanUnderWay } from "./plan";
import { Positions } from "./positions";
import "./risk.css";
import { words } from "./words";

export function RiskScreen({ account }: { account: string }) {
  return (
    <>
      <h1 class="title">{words().title}</h1>
      <Loaded query={useRisk(account)} skeleton={<Skeleton shapes={["card", "card", "row"]} />}>
        {(risk) => (
          <>
            <GuardStop risk={risk} />
            <Gauge guard={risk.guard} />
            <DayLoss risk={risk} />
            <Locks risk={risk} />
            {risk.plan && <PlanUnderWay plan={risk.plan} />}
            <PlanCard risk={risk} />
            <Positions risk={risk} />
          </>
        )}
      </Loaded>
      <History account={account} />
    </>
  );
}
