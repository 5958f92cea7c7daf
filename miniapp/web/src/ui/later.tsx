// Screens that come in their own file: fetched when idle, waited for only when opened at once.
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Later<Props> {
  (props: Props & { readonly meanwhile: ComponentChildren }): ComponentChildren;
  /** Fetches the file before anybody asks for the screen. */
  readonly prefetch: () => void;
}

/** Wraps a screen of another file; a failed fetch is thrown to the boundary, and tried anew. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): Later<Props> {
  let loaded: ComponentType<Props> | undefined;
  let running: Promise<ComponentType<Props>> | undefined;
  const fetchOnce = (): Promise<ComponentType<Props>> => {
    running ??= load().then(
      (component) => {
        loaded = component;
        return component;
      },
      (error: unknown) => {
        running = undefined;
        throw error;
      },
    );
    return running;
  };
  function Screen(props: Props & { readonly meanwhile: ComponentChildren }) {
    const [, redraw] = useState(0);
    const [failure, setFailure] = useState<Error | undefined>(undefined);
    useEffect(() => {
      if (loaded) return;
      fetchOnce().then(
        () => redraw((n) => n + 1),
        (error: unknown) => setFailure(error instanceof Error ? error : new Error(String(error))),
      );
    }, []);
    if (failure) throw failure;
    if (!loaded) return <>{props.meanwhile}</>;
    const Loaded = loaded;
    return <Loaded {...props} />;
  }
  return Object.assign(Screen, {
    prefetch: () => void fetchOnce().catch(() => undefined), // Opening it will say what is wrong.
  });
}
