// Parts of a form: a labelled input with its fault beneath, a choice of few, a fault of the whole.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Chips } from "../../ui/chips";
import { WarningIcon } from "../../ui/icons";

type InputProps = Pick<
  JSX.InputHTMLAttributes<HTMLInputElement>,
  "name" | "type" | "value" | "onInput" | "disabled" | "readOnly" | "maxLength"
>;

interface FieldProps extends InputProps {
  readonly label: string;
  readonly fault: string | undefined;
}

/** Nothing typed here is offered, corrected or remembered; a fault takes the focus. */
export function Field({ label, fault, ...input }: FieldProps) {
  const id = useId();
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (fault) ref.current?.focus();
  }, [fault]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        ref={ref}
        id={id}
        class="input"
        dir="auto"
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
      />
      {fault !== undefined && (
        <p class="fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly options: readonly (readonly [Value, string])[];
  readonly value: Value;
  readonly disabled: boolean;
  readonly onChoose: (value: Value) => void;
  readonly hint?: string;
}

export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { legend, options, value, disabled, onChoose, hint } = props;
  return (
    <fieldset class="field" disabled={disabled}>
      <legend>{legend}</legend>
      <Chips options={options} value={value} onChoose={onChoose} />
      {hint && <p class="hint">{hint}</p>}
    </fieldset>
  );
}

export const FormFault = ({ children }: { children: ComponentChildren }) => (
  <p class="blocked" role="alert">
    <WarningIcon size={20} />
    <span>{children}</span>
  </p>
);
