// What a screen shows while it has no data, when it failed, and when it broke.
import { Component, type ComponentChildren } from "preact";
import { ApiError, OfflineError } from "../api/errors";
import { text } from "../text";
import { WarningIcon } from "./icons";

/** Skeleton blocks in the shape of what comes; they stay unseen for the first 150 ms. */
export const Skeleton = ({
  shapes,
}: {
  shapes: readonly ("hero" | "card" | "row" | "title")[];
}) => (
  <div class="skeletons" role="status" aria-label={text.loading}>
    {shapes.map((shape, at) => (
      <div key={at} class={`skeleton ${shape}`} />
    ))}
  </div>
);

function explain(error: unknown): { body: string; reference: string | undefined } {
  if (error instanceof ApiError) return { body: error.message, reference: error.reference };
  if (error instanceof OfflineError) return { body: text.unreachable.body, reference: undefined };
  return { body: text.broke.body, reference: undefined };
}

export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  const { body, reference } = explain(error);
  return (
    <div class="card failure" role="alert">
      <WarningIcon size={28} />
      <p class="failure-title">{text.loadFailed}</p>
      <p class="hint">{body}</p>
      {reference && <p class="hint mono">{text.reference(reference)}</p>}
      <button type="button" class="button soft" onClick={retry}>
        {text.retry}
      </button>
    </div>
  );
}

interface Query<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

interface LoadedProps<Data> {
  readonly query: Query<Data>;
  readonly skeleton: ComponentChildren;
  readonly children: (data: Data) => ComponentChildren;
}

/** Old data beats an error: a failed refresh never empties a screen. */
export function Loaded<Data>({ query, skeleton, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <>{skeleton}</>;
}

interface BoundaryState {
  readonly error?: Error;
  readonly reference?: string;
}

/** One broken screen leaves the others, and the tabs, alone. */
export class Boundary extends Component<{ children: ComponentChildren }, BoundaryState> {
  override state: BoundaryState = {};

  static override getDerivedStateFromError(error: Error): BoundaryState {
    const reference = error instanceof ApiError ? error.reference : undefined;
    return { error, reference: reference ?? Date.now().toString(36).slice(-6) };
  }

  override render() {
    const { error, reference } = this.state;
    if (!error) return this.props.children;
    return (
      <div class="card failure" role="alert">
        <WarningIcon size={28} />
        <h1 class="failure-title">{text.broke.title}</h1>
        <p class="hint">{text.broke.body}</p>
        <p class="hint mono">{text.reference(`${error.name} ${reference}`)}</p>
        <button
          type="button"
          class="button soft"
          onClick={() => this.setState({ error: undefined } as never)}
        >
          {text.retry}
        </button>
      </div>
    );
  }
}
