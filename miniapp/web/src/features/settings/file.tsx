// Settings as a file: taking them along, and bringing some in, with a look before they are saved.
import { useId, useRef, useState } from "preact/hooks";
import type { ImportView } from "../../api/contract";
import { ApiError } from "../../api/errors";
import { haptic } from "../../telegram/haptics";
import { WarningIcon } from "../../ui/icons";
import { Section } from "../../ui/parts";
import { CopyIcon } from "../../ui/rareIcons";
import { Sheet } from "../../ui/sheet";
import { done, failed, refused } from "../../ui/toast";
import { exported, importFile } from "./api";
import { Switch } from "./controls";
import type { Doc } from "./doc";
import { FileIcon } from "./icons";
import { controlAt, faultOf, labelOf } from "./labels";
import { ReviewSheet } from "./review";
import type { Scope } from "./scope";
import { words } from "./words";

const INDENT = 2;

async function asText(account: string): Promise<string> {
  return `${JSON.stringify(await exported(account), null, INDENT)}\n`;
}

function download(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function Export({ scope }: { scope: Scope }) {
  const say = words();
  const { account, inForce } = scope;
  const run = async (how: (content: string) => void | Promise<void>): Promise<void> => {
    try {
      await how(await asText(account));
    } catch (error) {
      if (error instanceof ApiError) failed(error);
      else refused(say.copyFailed);
    }
  };
  const name = `countersign-${inForce.label.replace(/[^\w-]+/g, "-")}-v${inForce.version}.json`;
  return (
    <Section title={say.export}>
      <div class="card">
        <p class="hint">{say.exportWhy}</p>
        <div class="actions">
          <button
            type="button"
            class="button soft"
            onClick={() =>
              void run(async (content) => {
                await navigator.clipboard.writeText(content);
                done(say.copied);
              })
            }
          >
            <CopyIcon size={20} />
            {say.copy}
          </button>
          <button
            type="button"
            class="button primary"
            onClick={() => void run((content) => download(name, content))}
          >
            <FileIcon size={20} />
            {say.download}
          </button>
        </div>
      </div>
    </Section>
  );
}

/** What is read as a file: an object, or a sentence why not. */
function parsed(content: string): Doc | string {
  try {
    const found: unknown = JSON.parse(content);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Doc;
  } catch {
    // Said below.
  }
  return words().notJson;
}

interface ImportProps {
  readonly scope: Scope;
  readonly onRead: (document: Doc, view: ImportView) => void;
}

function Import({ scope, onRead }: ImportProps) {
  const say = words();
  const id = useId();
  const [pasted, setPasted] = useState("");
  const [fault, setFault] = useState<string | undefined>(undefined);
  const file = useRef<HTMLInputElement>(null);
  const look = async (content: string): Promise<void> => {
    const document = parsed(content);
    if (typeof document === "string") return setFault(document);
    setFault(undefined);
    const { version } = scope.inForce;
    try {
      const wish = { document, version, save: false, keep_keys: false };
      onRead(document, await importFile(scope.account, wish, ""));
    } catch (error) {
      haptic.error();
      setFault(error instanceof ApiError ? error.message : say.noAnswer);
    }
  };
  return (
    <Section title={say.import}>
      <div class="card form">
        <p class="hint">{say.importWhy}</p>
        <input
          ref={file}
          id={`${id}-file`}
          type="file"
          class="sr-only"
          accept=".json,application/json"
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (chosen) void chosen.text().then(look);
          }}
        />
        <label class="button soft as-button" for={`${id}-file`}>
          <FileIcon size={20} />
          {say.choose}
        </label>
        <div class="field">
          <label for={id}>{say.paste}</label>
          <textarea
            id={id}
            class="input area"
            dir="ltr"
            rows={4}
            spellcheck={false}
            value={pasted}
            aria-invalid={fault !== undefined}
            aria-describedby={fault === undefined ? undefined : `${id}-fault`}
            onInput={(event) => setPasted(event.currentTarget.value)}
          />
          {fault && (
            <p class="fault" id={`${id}-fault`} role="alert">
              {fault}
            </p>
          )}
        </div>
        <button
          type="button"
          class="button primary"
          disabled={pasted.trim() === ""}
          onClick={() => void look(pasted)}
        >
          {say.lookAtIt}
        </button>
      </div>
    </Section>
  );
}

interface PreviewProps {
  readonly scope: Scope;
  readonly document: Doc;
  readonly view: ImportView;
  readonly onClose: () => void;
}

function PreviewSheet({ scope, document, view, onClose }: PreviewProps) {
  const say = words();
  const id = useId();
  const [keep, setKeep] = useState(false);
  const title = view.source === "own" ? say.importOwn : say.importForeign;
  const mayKeep = view.keys_found.length > 0 && scope.inForce.venue !== "paper";
  const note = (
    <>
      {view.ignored.length > 0 && <p class="hint">{say.ignored(view.ignored.join(", "))}</p>}
      {view.keys_found.length > 0 && <p class="hint">{say.keysFound(view.keys_found.length)}</p>}
      {mayKeep && (
        <div class="pick">
          <label class="card-names" for={id}>
            {say.keepKeys}
          </label>
          <Switch id={id} checked={keep} disabled={false} onChange={setKeep} />
        </div>
      )}
    </>
  );
  if (!view.settings) {
    return (
      <Sheet title={title} onClose={onClose}>
        <p class="sheet-body">{say.notValid}</p>
        <ul class="remarks">
          {view.check.problems.map((one) => {
            const control = controlAt(scope.form, one.field);
            return (
              <li key={one.field} class="remark problem">
                <WarningIcon size={20} />
                <span>{`${control ? labelOf(control) : one.field}: ${faultOf(one, control)}`}</span>
              </li>
            );
          })}
        </ul>
        {note}
      </Sheet>
    );
  }
  return (
    <ReviewSheet
      scope={scope}
      title={title}
      document={view.settings as unknown as Doc}
      note={note}
      action={say.importNow}
      command={async (key) => {
        const { version } = scope.inForce;
        const wish = { document, version, save: true, keep_keys: keep };
        const answer = await importFile(scope.account, wish, key);
        return answer.saved ? version + 1 : undefined;
      }}
      onClose={onClose}
    />
  );
}

export function FileScreen({ scope }: { scope: Scope }) {
  const say = words();
  const [found, setFound] = useState<{ document: Doc; view: ImportView } | undefined>(undefined);
  return (
    <>
      <h1 class="title">{say.file}</h1>
      <Export scope={scope} />
      {scope.locked ? (
        <p class="blocked">
          <WarningIcon size={20} />
          <span>{say.lockedHere}</span>
        </p>
      ) : (
        <Import scope={scope} onRead={(document, view) => setFound({ document, view })} />
      )}
      {found && <PreviewSheet scope={scope} {...found} onClose={() => setFound(undefined)} />}
    </>
  );
}
