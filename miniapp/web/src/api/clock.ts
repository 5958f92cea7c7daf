// The server's clock: phones are often minutes off, and expiries are the server's.
import { signal } from "@preact/signals";

const HEADER_MIDDLE_MS = 500; // A Date header is cut to whole seconds.
const HEADER_TOLERANCE_MS = 2000;

let skew = 0;

/** Notes the server's time as a stream frame brought it just now. */
export function heardServerTime(iso: string): void {
  const at = Date.parse(iso);
  if (Number.isFinite(at)) skew = at - Date.now();
}

/** Notes a coarse `Date` header; it never disturbs a clock that is already about right. */
export function heardDateHeader(header: string | null): void {
  const at = header ? Date.parse(header) + HEADER_MIDDLE_MS : Number.NaN;
  if (Math.abs(at - serverNow()) > HEADER_TOLERANCE_MS) skew = at - Date.now();
}

/** Milliseconds since the epoch, on the server's clock. */
export const serverNow = (): number => Date.now() + skew;

/** Ticks once a second while the page is visible; whoever shows an age reads it. */
export const now = signal(serverNow());

setInterval(() => {
  if (!document.hidden) now.value = serverNow();
}, 1000);
