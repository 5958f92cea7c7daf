// One webhook: how it does, what it has heard, and what may be done with it.
import { useState } from "preact/hooks";
import { now, serverNow } from "../../api/clock";
import type { DeliveryView, WebhookView } from "../../api/contract";
import { ago, clock } from "../../format/time";
import { Confirm } from "../../ui/confirm";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Num } from "../../ui/number";
import { useAction } from "../../ui/useAction";
import { removeWebhook, tellWebhook, useDeliveries } from "./api";
import { words } from "./words";

export function standing(webhook: WebhookView): "on" | "retry" | "off" {
  if (webhook.disabled_at !== null) return "off";
  return webhook.failures > 0 ? "retry" : "on";
}

const TAGS = { on: "up", retry: "warn", off: "quiet" } as const;
const SIGNS = { delivered: "up", failing: "down", waiting: "" } as const;

function Delivery({ delivery }: { delivery: DeliveryView }) {
  return (
    <li class={SIGNS[delivery.status]}>
      <span class="story-words">{delivery.reason}</span>
      <span class="hint">
        {words().status[delivery.status]} · <bdi dir="ltr">{delivery.kind}</bdi> ·{" "}
        <Num>{clock(delivery.at, serverNow())}</Num>
      </span>
    </li>
  );
}

function Deliveries({ id }: { id: string }) {
  const say = words();
  const [open, setOpen] = useState(false);
  const query = useDeliveries(id, open);
  return (
    <details class="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say.deliveries}</summary>
      {open && (
        <Loaded query={query} skeleton={<Skeleton shapes={["row"]} />}>
          {(page) =>
            page.items.length === 0 ? (
              <p class="hint">{say.none}</p>
            ) : (
              <ol class="story deliveries">
                {page.items.map((one) => (
                  <Delivery key={one.event_id} delivery={one} />
                ))}
              </ol>
            )
          }
        </Loaded>
      )}
    </details>
  );
}

function Health({ webhook }: { webhook: WebhookView }) {
  const say = words();
  const { last_answer: answer, last_at: at, failures, retry_at: retry } = webhook;
  const told = answer && at ? say.last(answer, ago(at, now.value)) : say.noAnswer;
  return (
    <p class="reason">
      <span>{told}</span>
      {failures > 0 && (
        <span>
          {say.failures(failures)}
          {retry && webhook.disabled_at === null && ` · ${say.next(clock(retry, now.value))}`}
        </span>
      )}
      {webhook.disabled_at !== null && <span>{say.offHint}</span>}
    </p>
  );
}

interface CardProps {
  readonly webhook: WebhookView;
  readonly onSecret: (secret: string) => void;
}

function More({ webhook, onSecret }: CardProps) {
  const say = words();
  const [asking, setAsking] = useState<"rotate" | "remove" | undefined>(undefined);
  const rotate = async (key: string): Promise<void> =>
    onSecret((await tellWebhook(webhook.id, "rotate", key)).secret);
  const close = (): void => setAsking(undefined);
  return (
    <>
      <div class="actions slim">
        <button type="button" class="button plain" onClick={() => setAsking("rotate")}>
          {say.rotate}
        </button>
        <button type="button" class="button plain down" onClick={() => setAsking("remove")}>
          {say.remove}
        </button>
      </div>
      {asking === "rotate" && (
        <Confirm
          title={say.rotateTitle}
          command={rotate}
          done={say.secret}
          label={say.rotate}
          busyLabel={say.rotating}
          onClose={close}
        >
          {say.rotateBody}
        </Confirm>
      )}
      {asking === "remove" && (
        <Confirm
          title={say.removeTitle(webhook.label)}
          command={(key) => removeWebhook(webhook.id, key)}
          done={say.removed}
          label={say.remove}
          busyLabel={say.removing}
          onClose={close}
        >
          {say.removeBody}
        </Confirm>
      )}
    </>
  );
}

export function WebhookCard({ webhook, onSecret }: CardProps) {
  const say = words();
  const state = standing(webhook);
  const off = state === "off";
  const test = useAction((key) => tellWebhook(webhook.id, "test", key), say.tested);
  const turn = useAction(
    (key) => tellWebhook(webhook.id, off ? "enable" : "disable", key),
    off ? say.switchedOn : say.switchedOff,
  );
  const busy = test.busy || turn.busy;
  return (
    <article class="card">
      <header class="card-head">
        <div class="card-names">
          <h2 class="card-name symbol">{webhook.label}</h2>
          <p class="hint address" dir="ltr">
            {webhook.url}
          </p>
        </div>
        <span class={`tag ${TAGS[state]}`}>{say.state[state]}</span>
      </header>
      <Health webhook={webhook} />
      <Deliveries id={webhook.id} />
      <div class="actions">
        <button type="button" class="button soft" disabled={busy} onClick={() => void turn.run()}>
          {off ? say.on : say.off}
        </button>
        <button
          type="button"
          class="button soft"
          disabled={busy || off}
          onClick={() => void test.run()}
        >
          {say.test}
        </button>
      </div>
      <More webhook={webhook} onSecret={onSecret} />
    </article>
  );
}
