// Open positions keep the settings they opened with, until a person applies the new ones to them.
import { useState } from "preact/hooks";
import type { GroupChangesView } from "../../api/contract";
import { timeframe } from "../../format/time";
import { PositionsIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Avatar, Empty, SideTag, SymbolName } from "../../ui/parts";
import { useAction } from "../../ui/useAction";
import { apply, useApplying } from "./api";
import { Changes } from "./review";
import type { Scope } from "./scope";
import { words } from "./words";

interface CardProps {
  readonly scope: Scope;
  readonly group: GroupChangesView;
  readonly chosen: boolean;
  readonly choose: (on: boolean) => void;
}

const GroupCard = ({ scope, group, chosen, choose }: CardProps) => (
  <article class="card">
    <label class="pick">
      <Avatar symbol={group.symbol} />
      <span class="card-names">
        <span class="card-name">
          <SymbolName symbol={group.symbol} />
          <SideTag side={group.side} />
        </span>
        <span class="hint">
          {`${timeframe(group.timeframe)} · ${words().version(group.settings_version)}`}
        </span>
      </span>
      <input
        type="checkbox"
        class="tick"
        checked={chosen}
        onChange={(event) => choose(event.currentTarget.checked)}
      />
    </label>
    <Changes form={scope.form} changes={group.changes} />
  </article>
);

function Groups({ scope, groups }: { scope: Scope; groups: readonly GroupChangesView[] }) {
  const say = words();
  const [left, setLeft] = useState<readonly string[]>([]);
  const ids = groups.map((one) => one.group_id).filter((id) => !left.includes(id));
  const run = useAction((key) => apply(scope.account, ids, key), say.applied(ids.length));
  return (
    <>
      <p class="hint lead under-title">{say.openBody(scope.inForce.version)}</p>
      {groups.map((group) => (
        <GroupCard
          key={group.group_id}
          scope={scope}
          group={group}
          chosen={!left.includes(group.group_id)}
          choose={(on) =>
            setLeft(on ? left.filter((id) => id !== group.group_id) : [...left, group.group_id])
          }
        />
      ))}
      <div class="bottom-action">
        <button
          type="button"
          class="button primary"
          disabled={run.busy || ids.length === 0}
          onClick={() => void run.run()}
        >
          {run.busy ? say.applying : say.applyTo(ids.length)}
        </button>
      </div>
    </>
  );
}

export function OpenScreen({ scope }: { scope: Scope }) {
  const say = words();
  return (
    <>
      <h1 class="title">{say.openPositions}</h1>
      <Loaded query={useApplying(scope.account)} skeleton={<Skeleton shapes={["card", "card"]} />}>
        {(view) =>
          view.groups.length === 0 ? (
            <Empty icon={PositionsIcon} title={say.noneOlder} body={say.noneOlderBody} />
          ) : (
            <Groups scope={scope} groups={view.groups} />
          )
        }
      </Loaded>
    </>
  );
}
