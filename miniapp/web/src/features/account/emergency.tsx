// Closing everything, in two steps: this sheet says what it will do, the slide does it.
import type { HomeView } from "../../api/contract";
import { closeAll } from "../../api/queries";
import { usd } from "../../format/number";
import { Sheet, Slide } from "../../ui/sheet";
import { useAction } from "../../ui/useAction";
import { words } from "./words";

export function EmergencySheet({ home, onClose }: { home: HomeView; onClose: () => void }) {
  const say = words().closeAllSheet;
  const close = useAction((key) => closeAll(home.account.id, key), say.done);
  const confirm = async (): Promise<void> => {
    if (await close.run()) onClose();
  };
  return (
    <Sheet title={say.title} onClose={onClose}>
      <p class="sheet-body">{say.body(home.groups_open, usd(home.deployed_usd, "auto", true))}</p>
      <Slide
        label={close.busy ? say.working : say.slide}
        busy={close.busy}
        onConfirm={() => void confirm()}
      />
    </Sheet>
  );
}
