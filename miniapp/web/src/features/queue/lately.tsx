// What became of signals that waited, newest first, with the position where there is one.
import { serverNow } from "../../api/clock";
import type { EventView } from "../../api/contract";
import { clock } from "../../format/time";
import { Num } from "../../ui/number";
import { Cell, SymbolName } from "../../ui/parts";
import { happenings } from "./api";
import { words } from "./words";

const SHOWN = 12;

export function Lately({ events }: { events: readonly EventView[] }) {
  const say = words();
  return (
    <div class="card list">
      {happenings(events)
        .slice(0, SHOWN)
        .map(({ event, status, groupId }) => (
          <Cell
            key={event.id}
            title={
              <>
                <SymbolName symbol={event.symbol ?? ""} /> {say.status[status] ?? status}
              </>
            }
            value={<Num>{clock(event.at, serverNow())}</Num>}
            subtitle={event.reason}
            {...(groupId ? { href: `/positions/${groupId}` } : {})}
          />
        ))}
    </div>
  );
}
