// Start: read the launch, clear the fragment, sign in, show, listen.
import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { render } from "preact";
import { ApiError } from "./api/errors";
import { refreshTopics } from "./api/queries";
import { sessionState, startSession, userLanguage } from "./api/session";
import { keepSnapshot } from "./api/snapshot";
import { Stream } from "./api/stream";
import { App } from "./app";
import { countSteps, enter } from "./navigation";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/ladder.css";
import "./styles/notices.css";
import "./styles/overlays.css";
import "./styles/forms.css";
import "./styles/screens.css";
import { boot, onActive } from "./telegram/bridge";
import { language, setLanguage } from "./text";

const RETRIES = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 3_000,
      // An answer of the server is final; only a lost line is tried again.
      retry: (count, error) => !(error instanceof ApiError) && count < RETRIES,
      networkMode: "always",
    },
    mutations: { retry: false },
  },
});

const launch = boot();
enter(launch.startParam);
countSteps();
const owner = new URLSearchParams(launch.initData ?? "").get("user") ?? "";
keepSnapshot(client, /"id":\s*(\d+)/.exec(owner)?.[1] ?? "web");

/** A change of language draws everything anew: words are read where they are shown. */
const Page = () => (
  <QueryClientProvider client={client}>
    <App key={language.value} inTelegram={launch.inTelegram} initData={launch.initData} />
  </QueryClientProvider>
);

void setLanguage(launch.language).then(() => {
  const root = document.getElementById("app") as HTMLElement;
  root.textContent = "";
  render(<Page />, root);
});
// The language chosen in the chat counts more than the client's.
userLanguage.subscribe((chosen) => {
  if (chosen) void setLanguage(chosen);
});

const stream = new Stream((topics) => refreshTopics(client, topics));
void startSession(launch.initData).then(() => stream.active(sessionState.value === "in"));
sessionState.subscribe((state) => stream.active(state === "in" && !document.hidden));
onActive((active) => {
  stream.active(active && sessionState.value === "in");
  if (active) void client.invalidateQueries();
});
