// Alerts: a receipt for each one that arrived, with what became of it and why.
import { serverNow } from "../../api/clock";
import type { ReceiptView } from "../../api/contract";
import { useReceipts } from "../../api/queries";
import { clock } from "../../format/time";
import { text } from "../../text";
import { BellIcon, CheckIcon, ClockIcon, WarningIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Num } from "../../ui/number";
import { Cell, Empty } from "../../ui/parts";
import { CopyIcon } from "../../ui/rareIcons";
import { words } from "./words";

const ICONS = { accepted: CheckIcon, duplicate: CopyIcon, stale: ClockIcon };

const Row = ({ receipt }: { receipt: ReceiptView }) => (
  <Cell
    icon={ICONS[receipt.status as keyof typeof ICONS] ?? WarningIcon}
    tint={receipt.status === "accepted" ? "up" : "warn"}
    title={[text.receipt[receipt.status] ?? receipt.status, receipt.symbol]
      .filter(Boolean)
      .join(" · ")}
    value={<Num>{clock(receipt.received_at, serverNow())}</Num>}
    subtitle={receipt.message}
  />
);

export function AlertsScreen({ account }: { account: string }) {
  const say = words();
  return (
    <>
      <h1 class="title">{say.title}</h1>
      <Loaded query={useReceipts(account)} skeleton={<Skeleton shapes={["card"]} />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty icon={BellIcon} title={say.emptyTitle} body={say.emptyBody} />
          ) : (
            <div class="card list">
              {page.items.map((receipt) => (
                <Row key={receipt.id} receipt={receipt} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}
