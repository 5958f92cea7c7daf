// Settings that are lists: an order of rules, and items of several kinds.
import { useState } from "preact/hooks";
import type { Control, FormGroup } from "../../api/contract";
import { haptic } from "../../telegram/haptics";
import { CrossIcon } from "../../ui/icons";
import { Sheet } from "../../ui/sheet";
import { Setting, Switch } from "./controls";
import { type Doc, partsOf, read, typed } from "./doc";
import { MoveDownIcon, MoveUpIcon, PlusIcon } from "./icons";
import { choiceOf, inside, labelOf, whyOf } from "./labels";
import { isChanged, type Scope } from "./scope";
import { words } from "./words";

interface ListProps {
  readonly scope: Scope;
  readonly control: Control;
}

/** Rules in their order: a switch for each, and arrows to move it. */
export function OrderSetting({ scope, control }: ListProps) {
  const say = words();
  const at = partsOf(control.path);
  const chosen = read(scope.editing.doc, at) as readonly string[];
  const rows = [...chosen, ...control.choices.filter((one) => !chosen.includes(one))];
  const put = (next: readonly string[]): void => {
    haptic.tick();
    scope.editing.edit(at, next);
  };
  const move = (from: number, to: number): void => {
    const next = [...chosen];
    next.splice(to, 0, ...next.splice(from, 1));
    put(next);
  };
  return (
    <div class="setting">
      <span class="setting-name">
        {labelOf(control)}
        {isChanged(scope, at) && <span class="setting-changed" />}
      </span>
      <ol class="order">
        {rows.map((one, index) => {
          const on = index < chosen.length;
          const name = choiceOf(one);
          return (
            <li key={one} class={on ? "order-row" : "order-row off"}>
              <span class="order-rank" aria-hidden="true">
                {on ? index + 1 : "–"}
              </span>
              <span class="order-name">{name}</span>
              <Move
                {...{ name, index }}
                last={chosen.length - 1}
                hidden={!on || scope.locked}
                move={move}
              />
              <Switch
                label={name}
                checked={on}
                disabled={scope.locked}
                onChange={(wanted) =>
                  put(wanted ? [...chosen, one] : chosen.filter((other) => other !== one))
                }
              />
            </li>
          );
        })}
      </ol>
      <p class="setting-why">{`${whyOf(control)} ${say.orderHint}`}</p>
    </div>
  );
}

interface MoveProps {
  readonly name: string;
  readonly index: number;
  readonly last: number;
  readonly hidden: boolean;
  readonly move: (from: number, to: number) => void;
}

const Move = ({ name, index, last, hidden, move }: MoveProps) => {
  const say = words();
  if (hidden) return null;
  return (
    <span class="order-moves">
      <button
        type="button"
        class="icon-button"
        aria-label={say.moveUp(name)}
        disabled={index === 0}
        onClick={() => move(index, index - 1)}
      >
        <MoveUpIcon size={20} />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={say.moveDown(name)}
        disabled={index >= last}
        onClick={() => move(index, index + 1)}
      >
        <MoveDownIcon size={20} />
      </button>
    </span>
  );
};

/** What a new item of a kind begins with. */
function fresh(kind: string, controls: readonly Control[]): Doc {
  const fields = controls.map((one): [string, Doc[string]] => {
    const name = one.path.split(".").at(-1) as string;
    if (one.kind === "switch") return [name, one.start === "true"];
    return [name, one.optional ? null : typed(one.start ?? "", one.kind === "whole")];
  });
  return { ...(kind ? { kind } : {}), ...Object.fromEntries(fields) };
}

interface ItemsProps {
  readonly scope: Scope;
  readonly group: FormGroup;
}

/** A list of items of several kinds: one card each, and a way to add another. */
export function ItemsSetting({ scope, group }: ItemsProps) {
  const say = words();
  const [adding, setAdding] = useState(false);
  const [list, ...rest] = group.controls;
  if (!list) return null;
  const at = partsOf(list.path);
  const items = (read(scope.editing.doc, at) ?? []) as readonly Doc[];
  const most = Number(list.high?.value ?? Number.POSITIVE_INFINITY);
  const kinds = list.choices.length > 0 ? list.choices : [""];
  const add = (kind: string): void => {
    const fields = rest.filter((one) => one.variant === kind);
    scope.editing.edit([...at, items.length], fresh(kind, fields));
    setAdding(false);
  };
  return (
    <>
      <p class="setting-why above">{whyOf(list)}</p>
      {items.map((item, index) => {
        const kind = String(item.kind ?? "");
        return (
          <div key={index} class="card list item">
            <div class="item-head">
              <h3>{kind ? choiceOf(kind) : say.item(index + 1)}</h3>
              {!scope.locked && (
                <button
                  type="button"
                  class="icon-button"
                  aria-label={say.removeNamed(choiceOf(kind))}
                  onClick={() => scope.editing.edit([...at, index], undefined)}
                >
                  <CrossIcon size={20} />
                </button>
              )}
            </div>
            {rest
              .filter((one) => one.variant === kind)
              .map((one) => (
                <Setting
                  key={one.path}
                  scope={scope}
                  control={one}
                  at={inside(list.path, index, one)}
                />
              ))}
          </div>
        );
      })}
      {items.length === 0 && <p class="card padded hint">{say.noItems}</p>}
      {!scope.locked && items.length < most && (
        <button
          type="button"
          class="button soft add"
          onClick={() => (kinds.length > 1 ? setAdding(true) : add(kinds[0] as string))}
        >
          <PlusIcon size={20} />
          {say.add}
        </button>
      )}
      {adding && (
        <Sheet title={say.addWhat} onClose={() => setAdding(false)}>
          {kinds.map((kind) => (
            <button key={kind} type="button" class="button soft tall" onClick={() => add(kind)}>
              {choiceOf(kind)}
            </button>
          ))}
        </Sheet>
      )}
    </>
  );
}
