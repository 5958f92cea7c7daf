// Sending a form: busy while it runs, and each refusal beside the field it is about.
import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { ApiError, OfflineError } from "../../api/errors";
import { haptic } from "../../telegram/haptics";
import { text } from "../../text";
import { words } from "./words";

/** What is wrong, by field; under `form` what belongs to none. */
export type Faults = Readonly<Record<string, string>>;

export interface Form {
  readonly busy: boolean;
  readonly faults: Faults;
  readonly refuse: (faults: Faults) => void;
  readonly send: <Answer>(command: () => Promise<Answer>) => Promise<Answer | undefined>;
}

function faultsOf(error: unknown, fields: readonly string[]): Faults {
  if (error instanceof OfflineError) return { form: words().noAnswer };
  if (!(error instanceof ApiError)) return { form: text.broke.title };
  const known = words().faults[error.code];
  const found: Record<string, string> = {};
  for (const { field, message } of error.problem.errors ?? []) {
    if (fields.includes(field)) found[field] = known ?? message;
  }
  if (Object.keys(found).length > 0) return found;
  const ours = error.status >= 500 && error.reference; // A refusal needs nobody to look it up.
  const reference = ours ? ` (${error.reference})` : "";
  return { form: (known ?? error.message) + reference };
}

/** `fields` are the names the server uses for what the form shows. */
export function useForm(fields: readonly string[]): Form {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [faults, refuse] = useState<Faults>({});
  const send = async <Answer>(command: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (busy) return undefined;
    setBusy(true);
    refuse({});
    try {
      return await command();
    } catch (error) {
      haptic.error();
      refuse(faultsOf(error, fields));
      return undefined;
    } finally {
      setBusy(false);
      void client.invalidateQueries();
    }
  };
  return { busy, faults, refuse, send };
}
