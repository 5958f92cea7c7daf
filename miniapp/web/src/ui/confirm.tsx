// A question before something that cannot be taken back but is no emergency: a sheet and one button.
import type { ComponentChildren } from "preact";
import { Sheet } from "./sheet";
import { useAction } from "./useAction";

interface ConfirmProps {
  readonly title: string;
  readonly command: (key: string) => Promise<unknown>;
  /** What is said when it is done. */
  readonly done: string;
  readonly label: string;
  readonly busyLabel: string;
  readonly tone?: "danger" | "primary";
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Closes in any case: the message about a failure would lie under the sheet. */
export function Confirm(props: ConfirmProps) {
  const { title, command, done, label, busyLabel, tone = "danger", onClose, children } = props;
  const action = useAction(command, done);
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
