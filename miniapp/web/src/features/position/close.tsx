// Closing a position: how much, then what will happen, then the slide.
import { useState } from "preact/hooks";
import type { GroupView } from "../../api/contract";
import { closeGroup } from "../../api/queries";
import { dec, multiply, plain } from "../../format/decimal";
import { percent } from "../../format/number";
import { text } from "../../text";
import { Chips } from "../../ui/chips";
import { Sheet, Slide } from "../../ui/sheet";
import { useAction } from "../../ui/useAction";

const SHARES: readonly string[] = ["0.25", "0.5", "0.75", "1"];
const shareWords = (share: string): string =>
  percent(plain(multiply(dec(share), dec("100"))), "auto", 0);

export function ClosePosition({ group }: { group: GroupView }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="bottom-action">
      <button type="button" class="button reject" onClick={() => setOpen(true)}>
        {text.group.close}
      </button>
      {open && <CloseSheet group={group} onClose={() => setOpen(false)} />}
    </div>
  );
}

function CloseSheet({ group, onClose }: { group: GroupView; onClose: () => void }) {
  const [share, setShare] = useState("1");
  const close = useAction((key) => closeGroup(group.id, share, key), text.group.closeSent);
  const confirm = async (): Promise<void> => {
    if (await close.run()) onClose();
  };
  return (
    <Sheet title={text.group.closeTitle(group.symbol)} onClose={onClose}>
      <fieldset disabled={close.busy}>
        <legend class="sr-only">{text.group.share}</legend>
        <Chips
          options={SHARES.map((one) => [one, shareWords(one)])}
          value={share}
          onChoose={setShare}
        />
      </fieldset>
      <p class="sheet-body">{share === "1" ? text.group.closeBody : text.group.closePartBody}</p>
      <Slide
        key={share}
        label={close.busy ? text.group.closing : text.group.confirmClose(shareWords(share))}
        busy={close.busy}
        onConfirm={() => void confirm()}
      />
    </Sheet>
  );
}
