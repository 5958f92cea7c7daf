// TradingView: the address and the message to paste, and whether anything has arrived.
import { serverNow } from "../../api/clock";
import type { HookView } from "../../api/contract";
import { createHook, useHooks } from "../../api/queries";
import { integer } from "../../format/number";
import { ago } from "../../format/time";
import { BellIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Cell, Empty } from "../../ui/parts";
import { Paste } from "../../ui/paste";
import { LinkIcon } from "../../ui/rareIcons";
import { useAction } from "../../ui/useAction";
import { words } from "./words";

function Hook({ hook }: { hook: HookView }) {
  const say = words();
  return (
    <>
      <Paste name={say.url} words={hook.url} />
      <Paste name={say.body} words={hook.body_to_paste} />
      <div class="card list">
        <Cell
          icon={BellIcon}
          title={say.last}
          value={hook.last_alert_at ? ago(hook.last_alert_at, serverNow()) : say.never}
          href="/alerts"
        />
        <Cell icon={LinkIcon} title={say.total} value={integer(hook.alerts_total)} />
      </div>
    </>
  );
}

function NoHook({ account }: { account: string }) {
  const say = words();
  const create = useAction((key) => createHook(account, say.label, key), say.created);
  return (
    <Empty icon={LinkIcon} title={say.emptyTitle} body={say.emptyBody}>
      <button
        type="button"
        class="button primary"
        disabled={create.busy}
        onClick={() => void create.run()}
      >
        {say.create}
      </button>
    </Empty>
  );
}

export function ConnectScreen({ account }: { account: string }) {
  const say = words();
  return (
    <>
      <h1 class="title">{say.title}</h1>
      <Loaded query={useHooks()} skeleton={<Skeleton shapes={["row", "card"]} />}>
        {(page) => {
          const own = page.items.filter((hook) => hook.account_id === account);
          if (own.length === 0) return <NoHook account={account} />;
          return (
            <>
              <p class="hint lead">{say.intro}</p>
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
