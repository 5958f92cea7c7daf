// One section of the form, drawn from what the server says of its settings.
import type { FormGroup, FormSection } from "../../api/contract";
import { WarningIcon } from "../../ui/icons";
import { Section } from "../../ui/parts";
import { Setting } from "./controls";
import { headingOf, sectionWhy, standsIn, titleOf } from "./labels";
import { ItemsSetting, OrderSetting } from "./lists";
import { Remarks } from "./remarks";
import type { Scope } from "./scope";
import { words } from "./words";

function Group({ scope, group }: { scope: Scope; group: FormGroup }) {
  if (group.controls[0]?.kind === "items") return <ItemsSetting scope={scope} group={group} />;
  return (
    <div class="card list">
      {group.controls.map((control) =>
        control.kind === "order" ? (
          <OrderSetting key={control.path} scope={scope} control={control} />
        ) : (
          <Setting key={control.path} scope={scope} control={control} />
        ),
      )}
    </div>
  );
}

export function SectionScreen({ scope, section }: { scope: Scope; section: FormSection }) {
  const title = titleOf(section);
  const remarks = (scope.check?.remarks ?? []).filter((one) => standsIn(section, one.field));
  return (
    <>
      <h1 class="title">{title}</h1>
      <p class="hint lead under-title">{sectionWhy(section)}</p>
      {scope.locked && (
        <p class="blocked">
          <WarningIcon size={20} />
          <span>{words().lockedHere}</span>
        </p>
      )}
      <Remarks remarks={remarks} />
      {section.groups.map((group) => {
        const heading = headingOf(group);
        const own = section.groups.length > 1 && heading !== title && heading;
        return (
          <Section key={group.path} {...(own ? { title: own } : {})}>
            <Group scope={scope} group={group} />
          </Section>
        );
      })}
    </>
  );
}
