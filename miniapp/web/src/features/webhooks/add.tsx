// A new webhook, and the one moment in which its secret is whole.
import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import type { WebhookView } from "../../api/contract";
import { ApiError } from "../../api/errors";
import { Paste } from "../../ui/paste";
import { Sheet } from "../../ui/sheet";
import { done, failed } from "../../ui/toast";
import { Field } from "../keys/fields";
import { addWebhook } from "./api";
import { words } from "./words";

interface AddProps {
  readonly account: string;
  readonly onAdded: (made: WebhookView) => void;
  readonly onClose: () => void;
}

/** What was typed stays until it is taken; a refusal stands under its field. */
export function AddSheet({ account, onAdded, onClose }: AddProps) {
  const say = words();
  const client = useQueryClient();
  const [url, setUrl] = useState("");
  const [label, setLabel] = useState<string>(say.suggested);
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const add = async (): Promise<void> => {
    const missing = {
      ...(url.trim() ? {} : { url: say.missing }),
      ...(label.trim() ? {} : { label: say.missing }),
    };
    setFaults(missing);
    if (busy || Object.keys(missing).length > 0) return;
    setBusy(true);
    try {
      const made = await addWebhook(account, url.trim(), label.trim());
      done(say.added);
      onAdded(made);
    } catch (error) {
      const field = error instanceof ApiError ? error.problem.errors?.[0]?.field : undefined;
      if (error instanceof ApiError && field) setFaults({ [field]: error.message });
      else failed(error);
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: ["webhooks"] });
    }
  };
  return (
    <Sheet title={say.addTitle} onClose={() => busy || onClose()}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Field
          label={say.url}
          name="url"
          type="url"
          value={url}
          disabled={busy}
          onInput={(event) => setUrl(event.currentTarget.value)}
          fault={faults.url}
        />
        <p class="hint">{say.urlHint}</p>
        <Field
          label={say.label}
          name="label"
          type="text"
          value={label}
          disabled={busy}
          onInput={(event) => setLabel(event.currentTarget.value)}
          fault={faults.label}
        />
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? say.adding : say.add}
        </button>
      </form>
    </Sheet>
  );
}

export function SecretSheet({ secret, onClose }: { secret: string; onClose: () => void }) {
  const say = words();
  return (
    <Sheet title={say.secretTitle} onClose={onClose}>
      <p class="sheet-body">{say.secretBody}</p>
      <Paste name={say.secret} words={secret} />
      <button type="button" class="button primary" onClick={onClose}>
        {say.kept}
      </button>
    </Sheet>
  );
}
