// Every save: who, when, what it changed, and the way back to it.
import { useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { VersionView } from "../../api/contract";
import { ago, utc } from "../../format/time";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Cell } from "../../ui/parts";
import { HistoryIcon } from "../../ui/rareIcons";
import { Sheet } from "../../ui/sheet";
import { restore, useVersion, useVersions } from "./api";
import type { Doc } from "./doc";
import { Changes, ReviewSheet } from "./review";
import type { Scope } from "./scope";
import { words } from "./words";

const whoAndWhen = (one: VersionView): string =>
  words().byAt(one.by_you ? words().you : one.author, ago(one.created_at, serverNow()));

interface PageProps {
  readonly scope: Scope;
  readonly cursor: string | undefined;
  readonly open: (version: VersionView) => void;
}

/** One page, and the next below it once somebody asks. */
function VersionsPage({ scope, cursor, open }: PageProps) {
  const say = words();
  const [more, setMore] = useState(false);
  const query = useVersions(scope.account, cursor);
  return (
    <Loaded query={query} skeleton={<Skeleton shapes={["row", "row", "row"]} />}>
      {(page) => (
        <>
          <div class="card list">
            {page.items.map((one) => (
              <Cell
                key={one.version}
                icon={HistoryIcon}
                title={
                  <>
                    {say.version(one.version)}
                    {one.in_force && <span class="tag up in-title">{say.inForce}</span>}
                  </>
                }
                value={one.version === 1 ? say.first : say.changeCount(one.changes.length)}
                subtitle={<span title={utc(one.created_at)}>{whoAndWhen(one)}</span>}
                onClick={() => open(one)}
              />
            ))}
          </div>
          {page.next_cursor && !more && (
            <button type="button" class="button soft tall" onClick={() => setMore(true)}>
              {say.older}
            </button>
          )}
          {page.next_cursor && more && (
            <VersionsPage {...{ scope, open }} cursor={page.next_cursor} />
          )}
        </>
      )}
    </Loaded>
  );
}

interface OneProps {
  readonly scope: Scope;
  readonly version: VersionView;
  readonly onClose: () => void;
}

function VersionSheet({ scope, version, onClose }: OneProps) {
  const say = words();
  const [back, setBack] = useState(false);
  if (back) return <RestoreSheet {...{ scope, version, onClose }} />;
  return (
    <Sheet title={say.version(version.version)} onClose={onClose}>
      <p class="sheet-body" title={utc(version.created_at)}>
        {whoAndWhen(version)}
      </p>
      {version.changes.length > 0 ? (
        <Changes form={scope.form} changes={version.changes} />
      ) : (
        <p class="sheet-body">{version.version === 1 ? say.firstBody : say.changedNothing}</p>
      )}
      {!version.in_force && !scope.locked && (
        <button type="button" class="button primary tall" onClick={() => setBack(true)}>
          {say.restoreAsk}
        </button>
      )}
    </Sheet>
  );
}

/** What going back would change today, which is not what the version changed then. */
function RestoreSheet({ scope, version, onClose }: OneProps) {
  const say = words();
  const wanted = version.version;
  const query = useVersion(scope.account, wanted);
  const title = say.restoreTitle(wanted);
  if (!query.data) {
    return (
      <Sheet title={title} onClose={onClose}>
        <Loaded query={query} skeleton={<Skeleton shapes={["row", "row"]} />}>
          {() => null}
        </Loaded>
      </Sheet>
    );
  }
  const locked = scope.inForce.document.read_only as boolean;
  return (
    <ReviewSheet
      scope={scope}
      title={title}
      document={{ ...(query.data.settings as unknown as Doc), read_only: locked }}
      action={say.restore}
      command={async (key) => {
        const answer = await restore(scope.account, scope.inForce.version, wanted, key);
        return "settings_version" in answer ? answer.settings_version : undefined;
      }}
      onClose={onClose}
    />
  );
}

export function VersionsScreen({ scope }: { scope: Scope }) {
  const [open, setOpen] = useState<VersionView | undefined>(undefined);
  return (
    <>
      <h1 class="title">{words().versions}</h1>
      <p class="hint lead under-title">{words().versionsBody}</p>
      <VersionsPage scope={scope} cursor={undefined} open={setOpen} />
      {open && <VersionSheet scope={scope} version={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
