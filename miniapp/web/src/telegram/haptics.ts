// Haptics say what a tap did; passive updates never buzz.

import { signal } from "@preact/signals";
import { hapticFeedback } from "@tma.js/sdk";

const KEY = "countersign.haptics";

/** Off switch, kept on this device. */
export const hapticsOn = signal(readPreference());

function readPreference(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true; // Storage may be forbidden in a framed client.
  }
}

export function setHaptics(on: boolean): void {
  hapticsOn.value = on;
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // The choice then lasts for this visit.
  }
}

function play(action: () => void): void {
  if (!hapticsOn.value) return;
  try {
    action();
  } catch {
    // No haptics on this client.
  }
}

export const haptic = {
  tick: (): void => play(() => hapticFeedback.selectionChanged()),
  press: (): void => play(() => hapticFeedback.impactOccurred("medium")),
  success: (): void => play(() => hapticFeedback.notificationOccurred("success")),
  warning: (): void => play(() => hapticFeedback.notificationOccurred("warning")),
  error: (): void => play(() => hapticFeedback.notificationOccurred("error")),
};
