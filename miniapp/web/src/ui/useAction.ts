// A command behind a button; each wish carries one idempotency key, also when it is tried again.
import { useQueryClient } from "@tanstack/preact-query";
import { useRef, useState } from "preact/hooks";
import { newKey } from "../api/client";
import { done, failed } from "./toast";

export interface Action {
  readonly busy: boolean;
  readonly run: () => Promise<boolean>;
}

/** Wraps a command: busy while it runs, then a word about the outcome and fresh data. */
export function useAction(command: (key: string) => Promise<unknown>, words: string): Action {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const key = useRef("");
  const run = async (): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    key.current ||= newKey();
    try {
      await command(key.current);
      key.current = "";
      done(words);
      return true;
    } catch (error) {
      // A refusal is an answer: the next tap is a new wish. A lost line is not.
      if (error instanceof Error && error.name === "ApiError") key.current = "";
      failed(error);
      return false;
    } finally {
      setBusy(false);
      void client.invalidateQueries();
    }
  };
  return { busy, run };
}
