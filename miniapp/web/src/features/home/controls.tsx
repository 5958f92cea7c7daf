// The engine's state, and the three things a person may want at once: pause, test, close all.
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import type { HomeView } from "../../api/contract";
import { sendTestAlert, setState } from "../../api/queries";
import { EmergencySheet } from "../../screens";
import { text } from "../../text";
import { PauseIcon, PlayIcon, SendIcon, StopIcon, WarningIcon } from "../../ui/icons";
import { Notice } from "../../ui/parts";
import { useAction } from "../../ui/useAction";

/** Alarms come first; a running engine needs no banner. */
export function StateBanner({ home }: { home: HomeView }) {
  const { state, halt_reason: reason, installation_state: everywhere } = home.account;
  return (
    <>
      {!home.engine.running && (
        <Notice icon={WarningIcon} tint="down" title={text.state.engineDown}>
          {text.state.engineDownBody}
        </Notice>
      )}
      {everywhere === "halted" && (
        <Notice icon={StopIcon} tint="down" title={text.state.allHalted}>
          {text.state.haltedBody}
        </Notice>
      )}
      {everywhere === "paused" && (
        <Notice icon={PauseIcon} tint="warn" title={text.state.allPaused}>
          {text.state.pausedBody}
        </Notice>
      )}
      {state === "halted" && (
        <Notice icon={StopIcon} tint="down" title={text.state.halted}>
          {reason ?? text.state.haltedBody}
        </Notice>
      )}
      {state === "paused" && (
        <Notice icon={PauseIcon} tint="warn" title={text.state.paused}>
          {reason ?? text.state.pausedBody}
        </Notice>
      )}
      {home.engine.orders_unknown > 0 && (
        <Notice icon={WarningIcon} tint="warn">
          {text.home.unknownOrders(home.engine.orders_unknown)}
        </Notice>
      )}
    </>
  );
}

interface TileProps {
  readonly icon: ComponentType<{ size?: number }>;
  readonly label: string;
  readonly busy?: boolean;
  readonly danger?: boolean;
  readonly onClick: () => void;
}

const Tile = ({ icon: Icon, label, busy = false, danger = false, onClick }: TileProps) => (
  <button type="button" class={danger ? "tile danger" : "tile"} disabled={busy} onClick={onClick}>
    <Icon size={24} />
    <span>{label}</span>
  </button>
);

export function Controls({ home }: { home: HomeView }) {
  const { id, state } = home.account;
  const running = state === "running";
  const next = running ? "paused" : "running";
  const [closing, setClosing] = useState(false);
  const toggle = useAction(
    (key) => setState(id, next, key),
    running ? text.state.paused : text.state.running,
  );
  const test = useAction((key) => sendTestAlert(id, key), text.home.testSent);
  return (
    <div class="tiles">
      <Tile
        icon={running ? PauseIcon : PlayIcon}
        label={running ? text.state.pause : text.state.resume}
        busy={toggle.busy}
        onClick={() => void toggle.run()}
      />
      <Tile
        icon={SendIcon}
        label={text.home.testAlert}
        busy={test.busy}
        onClick={() => void test.run()}
      />
      <Tile icon={StopIcon} label={text.home.closeAll} danger onClick={() => setClosing(true)} />
      {closing && <EmergencySheet home={home} onClose={() => setClosing(false)} meanwhile={null} />}
    </div>
  );
}
