// Four tempers to begin with, and what each would change here before it is taken.
import { useState } from "preact/hooks";
import type { TemplateView } from "../../api/contract";
import { Loaded, Skeleton } from "../../ui/loaded";
import { save, useTemplates } from "./api";
import type { Doc } from "./doc";
import { ReviewSheet } from "./review";
import type { Scope } from "./scope";
import { names } from "./translation";
import { words } from "./words";

/** Few bars for little risk, many for much: the word beside says the same. */
const TEMPERS: Readonly<Record<string, number>> = {
  cautious: 1,
  balanced: 2,
  scalper: 3,
  aggressive: 4,
};
const MOST = 4;

const Temper = ({ name }: { name: string }) => (
  <span class="temper" aria-hidden="true">
    {Array.from({ length: MOST }, (_, at) => (
      <span key={at} class={at < (TEMPERS[name] ?? 0) ? "temper-bar on" : "temper-bar"} />
    ))}
  </span>
);

interface CardProps {
  readonly template: TemplateView;
  readonly locked: boolean;
  readonly onOpen: () => void;
}

function Card({ template, locked, onOpen }: CardProps) {
  const say = words();
  const [title, why] = names().sections[template.name] ?? [template.title, template.explanation];
  const count = template.changes.length;
  return (
    <article class="card template">
      <header class="card-head">
        <h2 class="card-name symbol">{title}</h2>
        <Temper name={template.name} />
      </header>
      <p class="hint">{why}</p>
      <div class="actions">
        <button type="button" class="button soft" disabled={count === 0} onClick={onOpen}>
          {count === 0 ? say.asItIs : locked ? say.look(count) : say.lookAndTake(count)}
        </button>
      </div>
    </article>
  );
}

export function TemplatesScreen({ scope }: { scope: Scope }) {
  const say = words();
  const [open, setOpen] = useState<TemplateView | undefined>(undefined);
  return (
    <>
      <h1 class="title">{say.templates}</h1>
      <p class="hint lead under-title">{say.templatesBody}</p>
      <Loaded query={useTemplates(scope.account)} skeleton={<Skeleton shapes={["card", "card"]} />}>
        {(page) => (
          <>
            {page.items.map((one) => (
              <Card
                key={one.name}
                template={one}
                locked={scope.locked}
                onOpen={() => setOpen(one)}
              />
            ))}
          </>
        )}
      </Loaded>
      {open && (
        <ReviewSheet
          scope={scope}
          title={names().sections[open.name]?.[0] ?? open.title}
          document={open.settings as unknown as Doc}
          action={say.take}
          command={async (key) => {
            const document = open.settings as unknown as Doc;
            const answer = await save(scope.account, scope.inForce.version, document, key);
            return "settings_version" in answer ? answer.settings_version : undefined;
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}
