// Entering keys: what is typed lives in its two fields alone, and leaves them after the request.
import { useRef } from "preact/hooks";
import { venueName } from "../../format/venue";
import { Sheet } from "../../ui/sheet";
import { done } from "../../ui/toast";
import { saveKeys } from "./api";
import { Field, FormFault } from "./fields";
import { useForm } from "./useForm";
import { words } from "./words";

/** The account the keys are for. */
export interface Target {
  readonly account: string;
  readonly label: string;
  readonly venue: string;
  readonly test: boolean;
}

const KEY_MAX = 4_096; // The server's own bound.

export function EnterSheet({ target, onClose }: { target: Target; onClose: () => void }) {
  const say = words();
  const venue = venueName(target.venue);
  const ref = useRef<HTMLFormElement>(null);
  const form = useForm(["key", "secret"]);
  /** Reads the fields; never a copy in state, so nothing is drawn, logged or cached. */
  const typed = (name: "key" | "secret"): string =>
    String(new FormData(ref.current ?? undefined).get(name) ?? "").trim();
  const save = async (): Promise<void> => {
    const empty = (["key", "secret"] as const).filter((name) => !typed(name));
    if (empty.length > 0) {
      return form.refuse(Object.fromEntries(empty.map((name) => [name, say.missing])));
    }
    const body = { key: typed("key"), secret: typed("secret") };
    const kept = await form.send(() => saveKeys(target.account, body));
    ref.current?.reset();
    if (!kept) return;
    done(say.saved);
    onClose();
  };
  return (
    <Sheet title={say.enterTitle(target.label)} onClose={() => form.busy || onClose()}>
      <p class="sheet-body">{say.enterBody(venue, target.test)}</p>
      <form
        ref={ref}
        class="form"
        noValidate
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={say.key}
          name="key"
          type="password"
          maxLength={KEY_MAX}
          readOnly={form.busy}
          fault={form.faults.key}
        />
        <Field
          label={say.secret}
          name="secret"
          type="password"
          maxLength={KEY_MAX}
          readOnly={form.busy}
          fault={form.faults.secret}
        />
        <p class="hint">{say.emptied}</p>
        {form.faults.form && <FormFault>{form.faults.form}</FormFault>}
        <button type="submit" class="button primary" disabled={form.busy}>
          {form.busy ? say.checking(venue) : say.save}
        </button>
      </form>
    </Sheet>
  );
}
