// Adding an account: where it shall trade, and what it is called.
import { useState } from "preact/hooks";
import type { AccountBody, AccountView } from "../../api/contract";
import { VENUES } from "../../format/venue";
import { haptic } from "../../telegram/haptics";
import { Sheet } from "../../ui/sheet";
import { openAccount } from "./api";
import { Choice, Field, FormFault } from "./fields";
import { useForm } from "./useForm";
import { words } from "./words";

type Venue = AccountBody["venue"];
type Market = NonNullable<AccountBody["market"]>;
type Net = "main" | "test";
const VENUE_OPTIONS = Object.entries(VENUES) as [Venue, string][];
const LABEL_MAX = 40; // The server's own bound.

interface AddProps {
  readonly onClose: () => void;
  readonly onAdded: (account: AccountView, test: boolean) => void;
}

export function AddSheet({ onClose, onAdded }: AddProps) {
  const say = words();
  const [venue, setVenue] = useState<Venue>("binance");
  const [market, setMarket] = useState<Market>("spot");
  const [net, setNet] = useState<Net>("main");
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const form = useForm(["label"]);
  const test = net === "test";
  const label = typed ?? say.suggested(VENUES[venue], say.market[market], test);
  const add = async (): Promise<void> => {
    if (!label.trim()) return form.refuse({ label: say.missing });
    const body = { venue, market, test_net: test, label: label.trim() };
    const account = await form.send(() => openAccount(body));
    if (!account) return;
    haptic.success(); // In words the next sheet says it.
    onAdded(account, test);
  };
  return (
    <Sheet title={say.add} onClose={() => form.busy || onClose()}>
      <form
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Choice
          legend={say.venue}
          options={VENUE_OPTIONS}
          value={venue}
          disabled={form.busy}
          onChoose={setVenue}
        />
        <Choice
          legend={say.marketLabel}
          options={Object.entries(say.market) as [Market, string][]}
          value={market}
          disabled={form.busy}
          onChoose={setMarket}
        />
        <Choice
          legend={say.netLabel}
          options={[
            ["main", say.net(false)],
            ["test", say.net(true)],
          ]}
          value={net}
          disabled={form.busy}
          onChoose={setNet}
          hint={say.netHint[net]}
        />
        <Field
          label={say.name}
          name="label"
          type="text"
          value={label}
          maxLength={LABEL_MAX}
          disabled={form.busy}
          fault={form.faults.label}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {form.faults.form && <FormFault>{form.faults.form}</FormFault>}
        <button type="submit" class="button primary" disabled={form.busy}>
          {form.busy ? say.adding : say.add}
        </button>
      </form>
    </Sheet>
  );
}
