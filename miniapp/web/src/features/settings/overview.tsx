// Settings at a glance: where each part is, what is changed, and what can be done with the whole.
import type { ComponentType } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { guardBack, parentOf } from "../../navigation";
import { ArrowsIcon, PositionsIcon, StopIcon, WalletIcon, WarningIcon } from "../../ui/icons";
import { Cell, Section } from "../../ui/parts";
import { HistoryIcon, SettingsIcon } from "../../ui/rareIcons";
import { useAction } from "../../ui/useAction";
import { save, useApplying } from "./api";
import { DiscardSheet } from "./bar";
import { Switch } from "./controls";
import {
  FileIcon,
  HandIcon,
  LinesIcon,
  LockIcon,
  ScaleIcon,
  ShieldIcon,
  SparkIcon,
  StepsIcon,
  TargetIcon,
} from "./icons";
import { sectionWhy, standsIn, titleOf } from "./labels";
import type { Scope } from "./scope";
import { words } from "./words";

const ICONS: Readonly<Record<string, ComponentType<{ size?: number }>>> = {
  capital: WalletIcon,
  ladders: StepsIcon,
  targets: TargetIcon,
  stops: StopIcon,
  orders: ArrowsIcon,
  queue: LinesIcon,
  risk: ScaleIcon,
  protection: ShieldIcon,
  approvals: HandIcon,
};

function Sections({ scope }: { scope: Scope }) {
  const say = words();
  return (
    <div class="card list">
      {scope.form.sections.map((section) => {
        const count = scope.editing.changed.filter((one) => standsIn(section, one)).length;
        const wrong = (scope.check?.problems ?? []).some((one) => standsIn(section, one.field));
        const value = wrong ? (
          <span class="tag down">{say.mend}</span>
        ) : count > 0 ? (
          <span class="tag accent">{say.changedCount(count)}</span>
        ) : undefined;
        return (
          <Cell
            key={section.name}
            icon={ICONS[section.name] ?? SettingsIcon}
            title={titleOf(section)}
            subtitle={sectionWhy(section)}
            {...(value ? { value } : {})}
            href={`/settings/${section.name}`}
          />
        );
      })}
    </div>
  );
}

function ReadOnly({ scope }: { scope: Scope }) {
  const say = words();
  const id = useId();
  const { inForce, locked, account, editing } = scope;
  const toggle = useAction(
    (key) => save(account, inForce.version, { ...inForce.document, read_only: !locked }, key),
    locked ? say.unlocked : say.lockedNow,
  );
  const dirty = editing.changed.length > 0;
  return (
    <div class="cell iconed">
      <span class="cell-icon warn">
        <LockIcon size={20} />
      </span>
      <span class="cell-body">
        <span class="cell-line">
          <label class="cell-title" for={id}>
            {say.readOnly}
          </label>
          <Switch
            id={id}
            describedBy={`${id}-why`}
            checked={locked}
            disabled={toggle.busy || (dirty && !locked)}
            onChange={() => void toggle.run()}
          />
        </span>
        <span class="cell-subtitle" id={`${id}-why`}>
          {dirty && !locked ? say.readOnlyDirty : say.readOnlyWhy}
        </span>
      </span>
    </div>
  );
}

/** Back from here leaves the settings: changes that are not saved are asked about. */
function useLeaving(dirty: boolean): { leaving: boolean; stay: () => void; leave: () => void } {
  const [leaving, setLeaving] = useState(false);
  const [path, navigate] = useLocation();
  useEffect(() => {
    if (!dirty) return undefined;
    return guardBack(() => setLeaving(true));
  }, [dirty]);
  return {
    leaving,
    stay: () => setLeaving(false),
    leave: () => navigate(parentOf(path), { replace: true }),
  };
}

export function Overview({ scope }: { scope: Scope }) {
  const say = words();
  const { changed } = scope.editing;
  const { leaving, stay, leave } = useLeaving(changed.length > 0);
  const open = useApplying(scope.account).data?.groups.length ?? 0;
  return (
    <>
      <h1 class="title">{say.title}</h1>
      <p class="hint lead under-title">{say.versionInForce(scope.inForce.version)}</p>
      {scope.locked && (
        <p class="blocked">
          <WarningIcon size={20} />
          <span>{say.lockedHere}</span>
        </p>
      )}
      <Section>
        <Sections scope={scope} />
      </Section>
      <Section title={say.whole}>
        <div class="card list">
          <Cell
            icon={SparkIcon}
            tint="up"
            title={say.templates}
            subtitle={say.templatesWhy}
            href="/settings/templates"
          />
          <Cell
            icon={PositionsIcon}
            title={say.openPositions}
            subtitle={say.openWhy}
            {...(open > 0 ? { value: <span class="tag accent">{say.onOlder(open)}</span> } : {})}
            href="/settings/open"
          />
          <Cell
            icon={HistoryIcon}
            title={say.versions}
            subtitle={say.versionsWhy}
            href="/settings/versions"
          />
          <Cell icon={FileIcon} title={say.file} subtitle={say.fileWhy} href="/settings/file" />
        </div>
      </Section>
      <Section>
        <div class="card list">
          <ReadOnly scope={scope} />
        </div>
      </Section>
      {leaving && <DiscardSheet editing={scope.editing} onClose={stay} onLeave={leave} />}
    </>
  );
}
