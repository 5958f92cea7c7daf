// One setting as a row: its name, the control of its type, what it does, and what is wrong with it.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Control } from "../../api/contract";
import { haptic } from "../../telegram/haptics";
import { ChevronIcon } from "../../ui/icons";
import { type Path, partsOf, read, typed } from "./doc";
import { boundsOf, choiceOf, defaultOf, duration, faultOf, labelOf, whyOf } from "./labels";
import { isChanged, problemAt, type Scope } from "./scope";
import { words } from "./words";

const SEGMENT_CHARS_MAX = 22;
const CHARS_MIN = 4;
const CHARS_WIDE = 12;
const MINUTES_TOLD_FROM = 90;

export interface SettingProps {
  readonly scope: Scope;
  readonly control: Control;
  /** Where it stands, when it is a field of a list's item. */
  readonly at?: Path;
}

interface RowProps extends SettingProps {
  readonly id: string;
  readonly at: Path;
  /** What stands beside the name, and what needs a line of its own. */
  readonly aside?: ComponentChildren;
  readonly below?: ComponentChildren;
  /** The name labels one input, or a group has its own legend. */
  readonly plain?: boolean;
}

/** A field somebody is about to fill is not yet wrong. */
const nothing = ({ optional }: Control): string => (optional ? words().empty : words().needed);

function Row({ scope, control, id, at, aside, below, plain = false }: RowProps) {
  const fault = problemAt(scope, at);
  return (
    <div class="setting">
      <div class="setting-head">
        <span class="setting-name">
          {plain ? (
            <span id={`${id}-name`}>{labelOf(control)}</span>
          ) : (
            <label for={id}>{labelOf(control)}</label>
          )}
          {isChanged(scope, at) && (
            <span class="setting-changed">
              <span class="sr-only">{words().changed}</span>
            </span>
          )}
        </span>
        {aside}
      </div>
      {below}
      {fault && (
        <p class="fault" id={`${id}-fault`} role="status">
          {read(scope.editing.doc, at) === "" ? nothing(control) : faultOf(fault, control)}
        </p>
      )}
      <p class="setting-why" id={`${id}-why`}>
        <bdi>{whyOf(control)}</bdi> <Facts scope={scope} control={control} />
      </p>
    </div>
  );
}

/** Bounds and default, in one breath. */
function Facts({ scope, control }: SettingProps) {
  const value = read(scope.form.defaults as never, partsOf(control.path.replace(/\[\]/g, "[0]")));
  const inItem = control.path.includes("[]");
  const known = [boundsOf(control)];
  if (!inItem && value !== undefined) known.push(defaultOf(control, value));
  return (
    <span class="setting-facts">
      <bdi>{known.filter(Boolean).join(" · ")}</bdi>
    </span>
  );
}

const describedBy = (id: string, faulty: boolean): string =>
  faulty ? `${id}-fault ${id}-why` : `${id}-why`;

interface NumberProps {
  readonly id: string;
  readonly value: string;
  readonly unit: string;
  readonly text?: boolean;
  readonly faulty: boolean;
  readonly disabled: boolean;
  readonly label?: string;
  readonly focus?: boolean;
  readonly onInput: (text: string) => void;
}

/** A short field with its unit inside; a phone shows the keys of numbers. */
export function NumberField(props: NumberProps) {
  const { id, value, unit, faulty, disabled, label, text = false, focus = false, onInput } = props;
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) ref.current?.focus();
  }, [focus]);
  return (
    <span class="entry">
      <input
        ref={ref}
        id={id}
        class="entry-input"
        type="text"
        dir="ltr"
        inputMode={text ? "text" : "decimal"}
        autocomplete="off"
        autocapitalize={text ? "characters" : "off"}
        spellcheck={false}
        maxLength={40}
        size={Math.max(text ? CHARS_WIDE : CHARS_MIN, Math.min(CHARS_WIDE, value.length))}
        value={value}
        disabled={disabled}
        aria-label={label}
        aria-invalid={faulty}
        aria-describedby={label === undefined ? describedBy(id, faulty) : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {unit && (
        <span class="entry-unit">{unit === "USD" ? "$" : (words().units[unit] ?? unit)}</span>
      )}
    </span>
  );
}

const Told = ({ value, unit }: { value: unknown; unit: string }) => {
  const minutes = Number(value);
  if (unit !== "min" || !Number.isInteger(minutes) || minutes < MINUTES_TOLD_FROM) return null;
  return <p class="setting-told">{`= ${duration(minutes)}`}</p>;
};

function NumberSetting({ scope, control, at = partsOf(control.path) }: SettingProps) {
  const id = useId();
  const value = read(scope.editing.doc, at);
  const whole = control.kind === "whole";
  const field = (focus: boolean) => (
    <NumberField
      id={id}
      value={String(value ?? "")}
      unit={control.unit}
      text={control.kind === "text"}
      faulty={problemAt(scope, at) !== undefined}
      disabled={scope.locked}
      focus={focus}
      onInput={(text) =>
        scope.editing.edit(at, control.kind === "text" ? text : typed(text, whole))
      }
    />
  );
  const told = <Told value={value} unit={control.unit} />;
  if (!control.optional) {
    return (
      <Row scope={scope} control={control} id={id} at={at} aside={field(false)} below={told} />
    );
  }
  return <Optional {...{ scope, control, id, at, told }} field={field} />;
}

interface OptionalProps extends SettingProps {
  readonly id: string;
  readonly at: Path;
  readonly field: (focus: boolean) => ComponentChildren;
  readonly told: ComponentChildren;
}

/** What can be off has a switch; the value appears once it is on. */
function Optional({ scope, control, id, at, field, told }: OptionalProps) {
  const on = read(scope.editing.doc, at) !== null;
  const [touched, setTouched] = useState(false);
  const before = read(scope.inForce.document, at);
  const aside = (
    <span class="setting-both">
      {on && field(touched)}
      <Switch
        label={labelOf(control)}
        checked={on}
        disabled={scope.locked}
        onChange={(wanted) => {
          setTouched(wanted);
          scope.editing.edit(at, wanted ? (before ?? "") : null);
        }}
      />
    </span>
  );
  return <Row plain={!on} {...{ scope, control, id, at, aside }} below={on && told} />;
}

interface SwitchProps {
  readonly id?: string;
  readonly label?: string;
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly describedBy?: string;
  readonly onChange: (on: boolean) => void;
}

export const Switch = ({
  id,
  label,
  checked,
  disabled,
  describedBy: by,
  onChange,
}: SwitchProps) => (
  <input
    id={id}
    type="checkbox"
    role="switch"
    class="switch"
    aria-label={label}
    aria-describedby={by}
    aria-checked={checked}
    checked={checked}
    disabled={disabled}
    onChange={(event) => {
      haptic.tick();
      onChange(event.currentTarget.checked);
    }}
  />
);

function SwitchSetting({ scope, control, at = partsOf(control.path) }: SettingProps) {
  const id = useId();
  const aside = (
    <Switch
      id={id}
      checked={read(scope.editing.doc, at) === true}
      disabled={scope.locked}
      describedBy={`${id}-why`}
      onChange={(on) => scope.editing.edit(at, on)}
    />
  );
  return <Row {...{ scope, control, id, at, aside }} />;
}

function ChoiceSetting({ scope, control, at = partsOf(control.path) }: SettingProps) {
  const id = useId();
  const value = String(read(scope.editing.doc, at));
  const choose = (one: string): void => {
    haptic.tick();
    scope.editing.edit(at, one);
  };
  const labels = control.choices.map(choiceOf);
  if (labels.length > 2 || labels.join("").length > SEGMENT_CHARS_MAX) {
    const below = <Select {...{ id, value, control, choose }} disabled={scope.locked} />;
    return <Row {...{ scope, control, id, at, below }} />;
  }
  const aside = (
    <span class="switcher" role="radiogroup" aria-labelledby={`${id}-name`}>
      {control.choices.map((one, index) => (
        <label key={one} class={one === value ? "switcher-one on" : "switcher-one"}>
          <input
            type="radio"
            name={id}
            checked={one === value}
            disabled={scope.locked}
            onChange={() => choose(one)}
          />
          {labels[index]}
        </label>
      ))}
    </span>
  );
  return <Row plain {...{ scope, control, id, at, aside }} />;
}

interface SelectProps {
  readonly id: string;
  readonly value: string;
  readonly control: Control;
  readonly disabled: boolean;
  readonly choose: (value: string) => void;
}

const Select = ({ id, value, control, disabled, choose }: SelectProps) => (
  <span class="select">
    <select
      id={id}
      value={value}
      disabled={disabled}
      aria-describedby={`${id}-why`}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      {control.choices.map((one) => (
        <option key={one} value={one} selected={one === value}>
          {choiceOf(one)}
        </option>
      ))}
    </select>
    <ChevronIcon size={18} class="select-chevron" />
  </span>
);

/** The row of a setting that is one value; lists have editors of their own. */
export function Setting(props: SettingProps) {
  switch (props.control.kind) {
    case "switch":
      return <SwitchSetting {...props} />;
    case "choice":
      return <ChoiceSetting {...props} />;
    default:
      return <NumberSetting {...props} />;
  }
}
