// Trades: closed groups with their result and the reason they ended.
import { Link } from "wouter-preact";
import { serverNow } from "../../api/clock";
import type { GroupView } from "../../api/contract";
import { useGroups } from "../../api/queries";
import { clock } from "../../format/time";
import { text } from "../../text";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Num, Pnl } from "../../ui/number";
import { Avatar, Empty, SideTag, SymbolName } from "../../ui/parts";
import { HistoryIcon } from "../../ui/rareIcons";

function Row({ group }: { group: GroupView }) {
  const why = text.group.exit[group.exit_reason ?? ""] ?? group.exit_reason;
  return (
    <Link class="cell pictured tappable" href={`/positions/${group.id}`}>
      <Avatar symbol={group.symbol} />
      <span class="cell-body">
        <span class="cell-line">
          <span class="cell-title">
            <SymbolName symbol={group.symbol} /> <SideTag side={group.side} />
          </span>
          <Pnl usdValue={group.realized_pnl_usd} />
        </span>
        <span class="cell-line cell-subtitle">
          <span>{why}</span>
          <Num>{clock(group.closed_at ?? group.updated_at, serverNow())}</Num>
        </span>
      </span>
    </Link>
  );
}

export function TradesScreen({ account }: { account: string }) {
  return (
    <>
      <h1 class="title">{text.trades.title}</h1>
      <Loaded query={useGroups(account, "closed")} skeleton={<Skeleton shapes={["card"]} />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty icon={HistoryIcon} title={text.trades.emptyTitle} body={text.trades.emptyBody} />
          ) : (
            <div class="card list">
              {page.items.map((group) => (
                <Row key={group.id} group={group} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}
