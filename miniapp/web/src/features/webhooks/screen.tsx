// Webhooks out: where this account's events are posted, and whether they arrive.
import { useState } from "preact/hooks";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Empty } from "../../ui/parts";
import { LinkIcon } from "../../ui/rareIcons";
import { AddSheet, SecretSheet } from "./add";
import { useWebhooks } from "./api";
import { WebhookCard } from "./card";
import "./webhooks.css";
import { words } from "./words";

export function WebhooksScreen({ account }: { account: string }) {
  const say = words();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const add = (
    <button type="button" class="button primary" onClick={() => setAdding(true)}>
      {say.add}
    </button>
  );
  return (
    <>
      <h1 class="title">{say.title}</h1>
      <Loaded query={useWebhooks(account)} skeleton={<Skeleton shapes={["card", "card"]} />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty icon={LinkIcon} title={say.emptyTitle} body={say.emptyBody}>
              {add}
            </Empty>
          ) : (
            <>
              <p class="hint lead under-title">{say.intro}</p>
              {page.items.map((one) => (
                <WebhookCard key={one.id} webhook={one} onSecret={setSecret} />
              ))}
              <div class="bottom-action">{add}</div>
            </>
          )
        }
      </Loaded>
      {adding && (
        <AddSheet
          account={account}
          onClose={() => setAdding(false)}
          onAdded={(made) => {
            setAdding(false);
            setSecret(made.secret);
          }}
        />
      )}
      {secret !== undefined && <SecretSheet secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}
