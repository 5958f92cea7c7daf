// A question before something that cannot be taken back but is no emergency: a sheet and one button.
import type { ComponentChildren } from "preact";
import { Sheet } from "./sheet";
import type { Action } from "./useAction";

interface ConfirmProps {
  readonly title: string;
  readonly action: Action;
  readonly label: string;
  readonly busyLabel: string;
  readonly tone?: "danger" | "primary";
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Closes in any case: the message about a failure would lie under the sheet. */
export function Confirm(props: ConfirmProps) {
  const { title, action, label, busyLabel, tone = "danger", onClose, children } = props;
  return (
    <Sheet title={title} onClose={() => action.busy || onClose()}>
      <div class="sheet-body">{children}</div>
      <button
        type="button"
        class={`button ${tone}`}
        disabled={action.busy}
        onClick={() => void action.run().then(onClose)}
      >
        {action.busy ? busyLabel : label}
      </button>
    </Sheet>
  );
}
