// Closing everything, in two steps: this sheet says what it will do, the slide does it.
import type { HomeView } from "../../api/contract";
import { closeAll } from "../../api/queries";
import { usd } from "../../format/number";
import { text } from "../../text";
import { Sheet, Slide } from "../../ui/sheet";
import { useAction } from "../../ui/useAction";

export function EmergencySheet({ home, onClose }: { home: HomeView; onClose: () => void }) {
  const close = useAction((key) => closeAll(home.account.id, key), text.emergency.done);
  const confirm = async (): Promise<void> => {
    if (await close.run()) onClose();
  };
  return (
    <Sheet title={text.emergency.title} onClose={onClose}>
      <p class="sheet-body">
        {text.emergency.body(home.groups_open, usd(home.deployed_usd, "auto", true))}
      </p>
      <Slide
        label={close.busy ? text.emergency.working : text.emergency.slide}
        busy={close.busy}
        onConfirm={() => void confirm()}
      />
    </Sheet>
  );
}
