// Which account a screen is about, at its top: only for those who have more than one.
import { useState } from "preact/hooks";
import type { AccountView } from "../../api/contract";
import { haptic } from "../../telegram/haptics";
import { text } from "../../text";
import { ChevronIcon } from "../../ui/icons";
import { later } from "../../ui/later";

const AccountSheet = later(() => import("./sheet").then((file) => file.AccountSheet));

interface ChipProps {
  readonly account: AccountView;
  readonly accounts: readonly AccountView[];
}

export function AccountChip({ account, accounts }: ChipProps) {
  const [open, setOpen] = useState(false);
  return (
    <div class="account-bar">
      <button
        type="button"
        class="account-chip"
        aria-haspopup="dialog"
        onClick={() => {
          haptic.tick();
          setOpen(true);
        }}
      >
        <span class={`state-dot ${account.state}`} aria-hidden="true" />
        <span class="sr-only">{`${text.account}: `}</span>
        <span class="account-name">{account.label}</span>
        <ChevronIcon size={16} />
      </button>
      {open && (
        <AccountSheet
          accounts={accounts}
          current={account.id}
          onClose={() => setOpen(false)}
          meanwhile={null}
        />
      )}
    </div>
  );
}
