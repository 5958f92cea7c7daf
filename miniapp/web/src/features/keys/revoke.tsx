// Taking keys away: the sheet says what it does, the slide does it.
import { Sheet, Slide } from "../../ui/sheet";
import { useAction } from "../../ui/useAction";
import { words } from "./words";

interface RevokeProps {
  readonly title: string;
  readonly body: string;
  readonly command: (key: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Closes in any case: the message about a failure would lie under the sheet. */
export function RevokeSheet({ title, body, command, onClose }: RevokeProps) {
  const say = words();
  const revoke = useAction(command, say.revoked);
  return (
    <Sheet title={title} onClose={() => revoke.busy || onClose()}>
      <p class="sheet-body">{body}</p>
      <Slide
        label={revoke.busy ? say.revoking : say.slide}
        busy={revoke.busy}
        onConfirm={() => void revoke.run().then(onClose)}
      />
    </Sheet>
  );
}
