// The one place that talks to the Telegram client; every call is guarded, no client has them all.
import {
  backButton,
  closingBehavior,
  init,
  miniApp,
  openLink,
  retrieveLaunchParams,
  retrieveRawInitData,
  setTargetOrigin,
  swipeBehavior,
  themeParams,
  viewport,
} from "@tma.js/sdk";
import { paint } from "./paint";
import type { Theme } from "./palette";

/** What the launch told us. `initData` is undefined outside Telegram. */
export interface Launch {
  readonly inTelegram: boolean;
  readonly initData: string | undefined;
  readonly startParam: string | undefined;
  readonly language: string;
  readonly platform: string;
}

/** Runs what a client may not support; a missing feature is never an error to the user. */
function optional(action: () => unknown): void {
  try {
    action();
  } catch {
    // The client is older than the feature.
  }
}

const themeNow = (): Theme => {
  const params = themeParams.state() as Record<string, string | undefined>;
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
};

function paintInTelegram(): void {
  paint(themeNow());
  const bg = getComputedStyle(document.documentElement).getPropertyValue("--bg").trim();
  optional(() => miniApp.setHeaderColor(bg as `#${string}`));
  optional(() => miniApp.setBgColor(bg as `#${string}`));
  optional(() => miniApp.setBottomBarColor(bg as `#${string}`));
}

function readLaunch(): Launch {
  const language = navigator.language || "en";
  try {
    const params = retrieveLaunchParams();
    const data = params.tgWebAppData as
      | { user?: { language_code?: string }; start_param?: string }
      | undefined;
    return {
      inTelegram: true,
      initData: retrieveRawInitData(),
      startParam: params.tgWebAppStartParam ?? data?.start_param,
      language: data?.user?.language_code ?? language,
      platform: params.tgWebAppPlatform,
    };
  } catch {
    return {
      inTelegram: false,
      initData: undefined,
      startParam: undefined,
      language,
      platform: "web",
    };
  }
}

/** Starts the bridge. Reads the launch parameters before the caller clears the fragment. */
export function boot(): Launch {
  const launch = readLaunch();
  if (!launch.inTelegram) {
    paint({});
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint({}));
    return launch;
  }
  // In a web client the page is framed; which sites may frame it is the server's policy to say.
  setTargetOrigin(location.ancestorOrigins?.[0] ?? "*");
  // Custom styles would be an injected <style>, which the content security policy refuses.
  optional(() => init({ acceptCustomStyles: false }));
  optional(() => themeParams.mount());
  optional(() => miniApp.mount());
  optional(() => backButton.mount());
  optional(() => swipeBehavior.mount());
  optional(() => closingBehavior.mount());
  paintInTelegram();
  themeParams.state.sub(() => queueMicrotask(paintInTelegram));
  viewport
    .mount()
    .then(() => {
      optional(() => viewport.bindCssVars());
      optional(() => viewport.expand());
    })
    .catch(() => undefined); // A client without viewport events keeps the CSS fallbacks.
  optional(() => miniApp.ready());
  return launch;
}

/** Shows the client's back button while there is somewhere to go back to. */
export function showBack(visible: boolean): void {
  optional(() => (visible ? backButton.show() : backButton.hide()));
}

export function onBack(listener: () => void): () => void {
  let off: (() => void) | undefined;
  optional(() => {
    off = backButton.onClick(listener);
  });
  return () => off?.();
}

/** On charts a downward drag must not close the app. */
export function verticalSwipes(enabled: boolean): void {
  optional(() => (enabled ? swipeBehavior.enableVertical() : swipeBehavior.disableVertical()));
}

/** Asks before closing while an undo is running. */
export function confirmClosing(needed: boolean): void {
  optional(() =>
    needed ? closingBehavior.enableConfirmation() : closingBehavior.disableConfirmation(),
  );
}

/** Opens a page outside; must follow a tap. */
export function openOutside(url: string): void {
  try {
    openLink(url);
  } catch {
    window.open(url, "_blank", "noopener");
  }
}

/** Calls back when the client activates or deactivates the app. */
export function onActive(listener: (active: boolean) => void): () => void {
  const visible = (): void => listener(!document.hidden);
  document.addEventListener("visibilitychange", visible);
  let off: (() => void) | undefined;
  optional(() => {
    off = miniApp.isActive.sub((active: boolean) => listener(active && !document.hidden));
  });
  return () => {
    document.removeEventListener("visibilitychange", visible);
    off?.();
  };
}
