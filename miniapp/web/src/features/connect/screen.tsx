// TradingView: the address and the message to paste, and whether anything has arrived.
import { serverNow } from "../../api/clock";
import type { HookView } from "../../api/contract";
import { createHook, useHooks } from "../../api/queries";
import { integer } from "../../format/number";
import { ago } from "../../format/time";
import { text } from "../../text";
import { BellIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Cell, Empty } from "../../ui/parts";
import { Paste } from "../../ui/paste";
import { LinkIcon } from "../../ui/rareIcons";
import { useAction } from "../../ui/useAction";

const Hook = ({ hook }: { hook: HookView }) => (
  <>
    <Paste name={text.connect.url} words={hook.url} />
    <Paste name={text.connect.body} words={hook.body_to_paste} />
    <div class="card list">
      <Cell
        icon={BellIcon}
        title={text.connect.last}
        value={hook.last_alert_at ? ago(hook.last_alert_at, serverNow()) : text.connect.never}
        href="/alerts"
      />
      <Cell icon={LinkIcon} title={text.connect.total} value={integer(hook.alerts_total)} />
    </div>
  </>
);

function NoHook({ account }: { account: string }) {
  const create = useAction(
    (key) => createHook(account, text.connect.label, key),
    text.connect.created,
  );
  return (
    <Empty icon={LinkIcon} title={text.connect.emptyTitle} body={text.connect.emptyBody}>
      <button
        type="button"
        class="button primary"
        disabled={create.busy}
        onClick={() => void create.run()}
      >
        {text.connect.create}
      </button>
    </Empty>
  );
}

export function ConnectScreen({ account }: { account: string }) {
  return (
    <>
      <h1 class="title">{text.connect.title}</h1>
      <Loaded query={useHooks()} skeleton={<Skeleton shapes={["row", "card"]} />}>
        {(page) => {
          const own = page.items.filter((hook) => hook.account_id === account);
          if (own.length === 0) return <NoHook account={account} />;
          return (
            <>
              <p class="hint lead">{text.connect.intro}</p>
              {own.map((hook) => (
                <Hook key={hook.id} hook={hook} />
              ))}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
