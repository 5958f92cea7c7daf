// The page: who is here, which screen, and the frame around it.
import { useIsFetching, useQueryClient } from "@tanstack/preact-query";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Redirect, Route, Router, Switch, useLocation } from "wouter-preact";
import { currentAccount } from "./api/account";
import { reachable } from "./api/client";
import type { AccountView } from "./api/contract";
import { keys, useAccounts } from "./api/queries";
import { sessionState, startSession } from "./api/session";
import { AccountChip } from "./features/accounts/chip";
import { HomeScreen } from "./features/home/screen";
import { OfferScreen, OffersScreen } from "./features/offers/screen";
import { PositionsScreen } from "./features/positions/screen";
import { ago } from "./format/time";
import { BASE, ofAccount, useBackButton } from "./navigation";
import {
  AboutScreen,
  AccountScreen,
  AlertsScreen,
  ConnectScreen,
  ExchangesScreen,
  MoreScreen,
  PositionScreen,
  prefetchScreens,
  QueueScreen,
  RiskScreen,
  SettingsScreen,
  TradesScreen,
  WebhooksScreen,
} from "./screens";
import { text } from "./text";
import { Gate } from "./ui/gate";
import { BackIcon, OfflineIcon } from "./ui/icons";
import { Boundary, Loaded, Skeleton } from "./ui/loaded";
import { Tabs } from "./ui/tabs";
import { Toast } from "./ui/toast";

/** Says that the page is showing the past, and from when. */
function OfflineBanner({ account }: { account: string }) {
  const client = useQueryClient();
  useIsFetching(); // Re-reads the age whenever a fetch starts or ends.
  if (reachable.value) return null;
  const at = client.getQueryState(keys.home(account))?.dataUpdatedAt;
  return (
    <div class="offline" role="status">
      <OfflineIcon size={18} />
      {at ? text.offline(ago(new Date(at).toISOString(), Date.now())) : text.offlineNothing}
    </div>
  );
}

interface FrameProps {
  readonly inTelegram: boolean;
  readonly account: AccountView;
  readonly accounts: readonly AccountView[];
  readonly children: ComponentChildren;
}

/** Outside a Telegram client there is no back button but this one. */
function Frame({ inTelegram, account, accounts, children }: FrameProps) {
  const { deep, back } = useBackButton();
  const [path] = useLocation();
  return (
    <main class={deep ? "screen deep" : "screen"} key={path}>
      {deep && !inTelegram && (
        <button type="button" class="back" onClick={back}>
          <BackIcon size={22} />
          {text.back}
        </button>
      )}
      {accounts.length > 1 && ofAccount(path) && (
        <AccountChip account={account} accounts={accounts} />
      )}
      <Boundary>{children}</Boundary>
    </main>
  );
}

const PREFETCH_AFTER_MS = 1_500;
const opening = <Skeleton shapes={["hero", "card"]} />;

function Screens({ inTelegram }: { inTelegram: boolean }) {
  const accounts = useAccounts();
  useEffect(() => {
    const timer = setTimeout(prefetchScreens, PREFETCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Loaded
      query={accounts}
      skeleton={
        <main class="screen">
          <Skeleton shapes={["hero", "row", "card", "card"]} />
        </main>
      }
    >
      {(page) => {
        const account = currentAccount(page.items);
        if (!account) return <Gate kind="outside" retry={() => void accounts.refetch()} />;
        return (
          <>
            <OfflineBanner account={account.id} />
            <Frame inTelegram={inTelegram} account={account} accounts={page.items}>
              <Switch>
                <Route path="/">
                  <HomeScreen account={account.id} />
                </Route>
                <Route path="/offers">
                  <OffersScreen account={account.id} />
                </Route>
                <Route path="/offers/:id">
                  {({ id }: { id: string }) => <OfferScreen id={id} account={account.id} />}
                </Route>
                <Route path="/positions">
                  <PositionsScreen account={account.id} />
                </Route>
                <Route path="/positions/:id">
                  {({ id }: { id: string }) => (
                    <PositionScreen id={id} account={account.id} meanwhile={opening} />
                  )}
                </Route>
                <Route path="/trades">
                  <TradesScreen account={account.id} meanwhile={opening} />
                </Route>
                <Route path="/alerts">
                  <AlertsScreen account={account.id} meanwhile={opening} />
                </Route>
                <Route path="/queue">
                  <QueueScreen account={account.id} meanwhile={opening} />
                </Route>
                <Route path="/account">
                  <AccountScreen account={account} meanwhile={opening} />
                </Route>
                <Route path="/webhooks">
                  <WebhooksScreen account={account.id} meanwhile={opening} />
                </Route>
                <Route path="/risk">
                  <RiskScreen account={account.id} meanwhile={opening} />
                </Route>
                <Route path="/connect">
                  <ConnectScreen account={account.id} meanwhile={opening} />
                </Route>
                <Route path="/exchanges">
                  <ExchangesScreen meanwhile={opening} />
                </Route>
                <Route path="/settings/*?">
                  <SettingsScreen account={account.id} meanwhile={opening} />
                </Route>
                <Route path="/more">
                  <MoreScreen account={account} meanwhile={opening} />
                </Route>
                <Route path="/about">
                  <AboutScreen meanwhile={opening} />
                </Route>
                <Route>
                  <Redirect to="/" replace />
                </Route>
              </Switch>
            </Frame>
            <Toast />
            <Tabs account={account.id} />
          </>
        );
      }}
    </Loaded>
  );
}

interface AppProps {
  readonly inTelegram: boolean;
  readonly initData: string | undefined;
}

export function App({ inTelegram, initData }: AppProps) {
  const client = useQueryClient();
  const state = sessionState.value;
  const known = client.getQueryData(keys.accounts) !== undefined;
  useEffect(() => {
    // A signed-out page asks again as soon as the line is back.
    const again = (): void => {
      if (sessionState.value === "offline") void startSession(initData);
      void client.invalidateQueries();
    };
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [client, initData]);
  if (state === "outside" || state === "expired") {
    return <Gate kind={state} retry={() => void startSession(initData)} />;
  }
  if (state === "offline" && !known) {
    return <Gate kind="offline" retry={() => void startSession(initData)} />;
  }
  return (
    <Router base={BASE}>
      <Screens inTelegram={inTelegram} />
    </Router>
  );
}
