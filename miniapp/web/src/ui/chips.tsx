// One of a few, side by side: radio buttons that look like chips.
import { useId } from "preact/hooks";
import { haptic } from "../telegram/haptics";

interface ChipsProps<Value extends string> {
  readonly options: readonly (readonly [Value, string])[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}

/** Stands in a fieldset, whose legend says what is chosen. */
export function Chips<Value extends string>({ options, value, onChoose }: ChipsProps<Value>) {
  const name = useId();
  return (
    <div class="chips">
      {options.map(([one, title]) => (
        <label key={one} class={one === value ? "chip on" : "chip"}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={one === value}
            onChange={() => {
              haptic.tick();
              onChoose(one);
            }}
          />
          {title}
        </label>
      ))}
    </div>
  );
}
