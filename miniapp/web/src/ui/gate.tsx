// Pages for those who are not signed in: outside Telegram, ended session, no server.
import type { ComponentType } from "preact";
import { text } from "../text";
import { ClockIcon, OfflineIcon, SendIcon } from "./icons";
import { Empty } from "./parts";

interface GateProps {
  readonly kind: "outside" | "expired" | "offline";
  readonly retry: () => void;
}

const ICONS: Record<GateProps["kind"], ComponentType<{ size?: number }>> = {
  outside: SendIcon,
  expired: ClockIcon,
  offline: OfflineIcon,
};

export function Gate({ kind, retry }: GateProps) {
  const words = kind === "offline" ? text.unreachable : text[kind];
  return (
    <main class="screen gate">
      <h1 class="sr-only">{text.app}</h1>
      <Empty icon={ICONS[kind]} title={words.title} body={words.body}>
        {kind === "offline" && (
          <button type="button" class="button primary" onClick={retry}>
            {text.retry}
          </button>
        )}
      </Empty>
    </main>
  );
}
