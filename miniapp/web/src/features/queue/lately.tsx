// What became of signals that waited, newest first, with the position where there is one.
import { serverNow } from "../../api/clock";
import type { EventView } from "../../api/contract";
import { clock } from "../../format/time";
import { Num } from "../../ui/number";
import { Cell, Section, SymbolName } from "../../ui/parts";
import { happenings } from "./api";
import { words } from "./words";

const SHOWN = 12;

/** Nothing at all while nobody has waited: positions that opened at once are no news of the queue. */
export function Lately({ events }: { events: readonly EventView[] }) {
  const say = words();
  const rows = happenings(events).slice(0, SHOWN);
  if (rows.length === 0) return null;
  return (
    <Section title={say.lately}>
      <div class="card list">
        {rows.map(({ event, status, groupId }) => (
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
    </Section>
  );
}
