// What every part of these screens stands on: the form, the draft, and what the server says of it.
import type { CheckView, FieldProblem, FormView } from "../../api/contract";
import type { InForce } from "./api";
import { type Path, pathOf } from "./doc";
import type { Editing } from "./draft";

export interface Scope {
  readonly account: string;
  readonly form: FormView;
  readonly inForce: InForce;
  readonly editing: Editing;
  /** Of the draft as it was when the typing paused; undefined before the first answer. */
  readonly check: CheckView | undefined;
  /** Read-only settings are shown and not changed. */
  readonly locked: boolean;
}

export const problemAt = (scope: Scope, path: Path): FieldProblem | undefined => {
  const place = pathOf(path);
  return scope.check?.problems.find((one) => one.field === place);
};

/** Whether the field, or anything inside it, differs from what is in force. */
export const isChanged = (scope: Scope, path: Path): boolean => {
  const place = pathOf(path);
  return scope.editing.changed.some(
    (one) => one === place || one.startsWith(`${place}.`) || one.startsWith(`${place}[`),
  );
};
