// A position none of whose orders was taken: try again, or close it.
import type { GroupView } from "../../api/contract";
import { closeGroup, retryGroup } from "../../api/queries";
import { text } from "../../text";
import { useAction } from "../../ui/useAction";

export function FailedPosition({ group }: { group: GroupView }) {
  const retry = useAction((key) => retryGroup(group.id, key), text.group.retrySent);
  const close = useAction((key) => closeGroup(group.id, "1", key), text.group.closeSent);
  const busy = retry.busy || close.busy;
  return (
    <div class="bottom-action">
      <p class="hint">{text.group.failedBody}</p>
      <button type="button" class="button" disabled={busy} onClick={() => void retry.run()}>
        {text.group.retry}
      </button>
      <button type="button" class="button reject" disabled={busy} onClick={() => void close.run()}>
        {text.group.close}
      </button>
    </div>
  );
}
