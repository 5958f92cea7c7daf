// Pages for those who are not signed in: outside Telegram, ended session, no server.
import type { ComponentType } from "preact";
import { text } from "../text";
import { ClockIcon, OfflineIcon, SendIcon } from "./icons";
import { Empty } from "./parts";

interface GateProps {
  readonly kind: "outside" | "expired" | "offline";
  readonly retry: () => void;
}

const PAGES: Record<
  GateProps["kind"],
  { icon: ComponentType<{ size?: number }>; words: { title: string; body: string } }
> = {
  outside: { icon: SendIcon, words: text.outside },
  expired: { icon: ClockIcon, words: text.expired },
  offline: { icon: OfflineIcon, words: text.unreachable },
};

export function Gate({ kind, retry }: GateProps) {
  const { icon, words } = PAGES[kind];
  return (
    <main class="screen gate">
      <h1 class="sr-only">{text.app}</h1>
      <Empty icon={icon} title={words.title} body={words.body}>
        {kind === "offline" && (
          <button type="button" class="button primary" onClick={retry}>
            {text.retry}
          </button>
        )}
      </Empty>
    </main>
  );
}
