// The ladder editor: the picture, what the linter says, the legs, and the form that makes a ladder.
import { useRef, useState } from "preact/hooks";
import { Redirect, useLocation } from "wouter-preact";
import { compare, dec, sign } from "../../format/decimal";
import { Num } from "../../ui/number";
import { Section, SymbolName } from "../../ui/parts";
import { useMarkets, usePrice } from "./api";
import { NumberField, Setting } from "./controls";
import { read, typed } from "./doc";
import { GeneratorSheet } from "./generator";
import { SparkIcon } from "./icons";
import { controlAt, dollars, inside, isNumber, measured } from "./labels";
import { legsAt } from "./ladders";
import "./ladder.css";
import { Legs } from "./legs";
import { Picture } from "./picture";
import { type Leg, type Plan, placeOf, planOf, type Which, whichOf } from "./plan";
import { Remarks } from "./remarks";
import type { Scope } from "./scope";
import { words } from "./words";

const EXAMPLE = "100";
const SERVED_SHOWN = 8;
const LATER = ["1", "2", "3", "4"] as const;

function usable(price: string): boolean {
  return isNumber(price) && sign(dec(price)) > 0 && compare(dec(price), dec("1000000000")) < 0;
}

/** The example: the market's own price where there is one, or what somebody typed. */
function useExample(scope: Scope, which: Which) {
  const served = useMarkets().data?.symbols[0];
  const named = which.market === undefined ? undefined : symbolOf(scope, which.market);
  const symbol = named || served;
  const price = usePrice(symbol).data ?? undefined;
  const [typedPrice, setTypedPrice] = useState<string | undefined>(undefined);
  const text = typedPrice ?? price ?? EXAMPLE;
  return {
    text,
    price: usable(text) ? text : EXAMPLE,
    symbol: typedPrice === undefined && price !== undefined ? symbol : undefined,
    type: setTypedPrice,
  };
}

const symbolOf = (scope: Scope, market: number): string =>
  String(read(scope.editing.doc, ["market_ladders", market, "symbol"]) ?? "");

/** What the last document that was one would spend: a field half typed takes no figure away. */
function useFunds({ check }: Scope): { entry: string | null; worst: string | null } {
  const last = useRef<{ entry: string | null; worst: string | null }>({ entry: null, worst: null });
  if (check?.valid) {
    last.current = { entry: check.entry_usd ?? null, worst: check.worst_usd ?? null };
  }
  return last.current;
}

interface PreviewProps {
  readonly plan: Plan;
  readonly funds: ReturnType<typeof useFunds>;
  readonly example: ReturnType<typeof useExample>;
}

function Preview({ plan, funds, example }: PreviewProps) {
  const say = words();
  const { entry, worst } = funds;
  return (
    <div class="card">
      <div class="plan-head">
        <label class="hint" for="example-price">
          {example.symbol ? say.exampleOf(example.symbol) : say.example}
        </label>
        <NumberField
          id="example-price"
          label={say.example}
          value={example.text}
          unit=""
          faulty={!usable(example.text)}
          disabled={false}
          onInput={(text) => example.type(String(typed(text, false)))}
        />
      </div>
      {plan.legs.length > 0 ? <Picture plan={plan} /> : <p class="hint">{say.nothingToDraw}</p>}
      <dl class="facts plan-facts">
        <div class="fact">
          <dt>{say.anEntry}</dt>
          <dd>{entry ? <Num>{dollars(entry)}</Num> : say.bySignal}</dd>
        </div>
        <div class="fact">
          <dt>{say.average}</dt>
          <dd>{plan.average ? <Num>{measured(plan.average.gap, "%")}</Num> : "–"}</dd>
        </div>
        {worst && (
          <div class="fact">
            <dt>{say.atWorst}</dt>
            <dd>
              <Num>{dollars(worst)}</Num>
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}

/** Symbols that have prices, to choose from instead of typing. */
function Served({ choose }: { choose: (symbol: string) => void }) {
  const symbols = useMarkets().data?.symbols ?? [];
  if (symbols.length === 0) return null;
  return (
    <fieldset class="field served">
      <legend>{words().served}</legend>
      <div class="chips wrap">
        {symbols.slice(0, SERVED_SHOWN).map((symbol) => (
          <button key={symbol} type="button" class="chip" onClick={() => choose(symbol)}>
            <SymbolName symbol={symbol} />
          </button>
        ))}
      </div>
    </fieldset>
  );
}

/** Symbol and timeframe of a market with a ladder of its own. */
function MarketFields({ scope, market }: { scope: Scope; market: number }) {
  const say = words();
  const fields = ["market_ladders[].symbol", "market_ladders[].timeframe"].flatMap(
    (path) => controlAt(scope.form, path) ?? [],
  );
  return (
    <Section title={say.theMarket}>
      <div class="card list">
        {fields.map((control) => (
          <Setting
            key={control.path}
            scope={scope}
            control={control}
            at={inside("market_ladders", market, control)}
          />
        ))}
      </div>
      {!symbolOf(scope, market) && !scope.locked && (
        <Served
          choose={(symbol) => scope.editing.edit(["market_ladders", market, "symbol"], symbol)}
        />
      )}
    </Section>
  );
}

function RemoveMarket({ scope, market }: { scope: Scope; market: number }) {
  const [, navigate] = useLocation();
  return (
    <button
      type="button"
      class="button reject tall"
      onClick={() => {
        scope.editing.edit(["market_ladders", market], undefined);
        navigate("/settings/ladders", { replace: true });
      }}
    >
      {words().removeMarket}
    </button>
  );
}

/** Later entries of a market: with the market's ladder, or one of their own. */
function LaterEntries({ scope, market }: { scope: Scope; market: number }) {
  const say = words();
  const [, navigate] = useLocation();
  return (
    <Section title={say.laterEntries}>
      <div class="chips wrap">
        {LATER.map((entry) => {
          const own = legsAt(scope, { market, entry: Number(entry) }) !== undefined;
          return (
            <button
              key={entry}
              type="button"
              class={own ? "chip on" : "chip"}
              aria-pressed={own}
              onClick={() => navigate(`/settings/ladders/m${market}.${entry}`)}
            >
              {say.entry(Number(entry) + 1)}
            </button>
          );
        })}
      </div>
    </Section>
  );
}

/** A later entry without a ladder of its own has the first one's. */
function Inherited({ scope, which }: { scope: Scope; which: Which }) {
  const say = words();
  const first = legsAt(scope, { ...which, entry: 0 }) ?? [];
  return (
    <div class="card padded">
      <p>{say.inherits}</p>
      {!scope.locked && (
        <div class="actions">
          <button
            type="button"
            class="button soft"
            onClick={() => scope.editing.edit(placeOf(which), first)}
          >
            {say.giveOwn}
          </button>
        </div>
      )}
    </div>
  );
}

interface EditorProps {
  readonly scope: Scope;
  readonly which: Which;
  readonly legs: readonly Leg[];
}

function Editor({ scope, which, legs }: EditorProps) {
  const say = words();
  const [making, setMaking] = useState(false);
  const example = useExample(scope, which);
  const funds = useFunds(scope);
  const plan = planOf(legs, example.price, funds.entry);
  const put = (next: readonly Leg[]): void => scope.editing.edit(placeOf(which), next);
  return (
    <>
      <Preview plan={plan} funds={funds} example={example} />
      <Section
        title={say.legs}
        aside={
          !scope.locked && (
            <button type="button" class="more" onClick={() => setMaking(true)}>
              <SparkIcon size={18} />
              {say.generate}
            </button>
          )
        }
      >
        <Legs scope={scope} at={placeOf(which)} legs={legs} plan={plan} put={put} />
        {/* Below, so that nothing moves under the finger while somebody types. */}
        <Remarks remarks={scope.check?.remarks ?? []} />
      </Section>
      {which.entry > 0 && !scope.locked && (
        <button
          type="button"
          class="button reject tall"
          onClick={() => scope.editing.edit(placeOf(which), undefined)}
        >
          {say.useFirst}
        </button>
      )}
      {making && (
        <GeneratorSheet
          example={example.price}
          onTake={(made) => {
            put(made);
            setMaking(false);
          }}
          onClose={() => setMaking(false)}
        />
      )}
    </>
  );
}

function titleOf(scope: Scope, { market, entry }: Which): string {
  const say = words();
  if (market === undefined) return entry === 0 ? say.firstLadder : say.entry(entry + 1);
  const name = symbolOf(scope, market) || say.newMarket;
  return entry === 0 ? name : `${name} · ${say.entry(entry + 1)}`;
}

export function LadderScreen({ scope, name }: { scope: Scope; name: string }) {
  const which = whichOf(name);
  const { market } = which ?? {};
  const exists = market === undefined || read(scope.editing.doc, ["market_ladders", market]);
  if (!which || !exists) return <Redirect to="/settings/ladders" replace />;
  const legs = legsAt(scope, which);
  return (
    <>
      <h1 class="title">{titleOf(scope, which)}</h1>
      {market !== undefined && which.entry === 0 && <MarketFields scope={scope} market={market} />}
      {legs ? (
        <Editor scope={scope} which={which} legs={legs} />
      ) : (
        <Inherited {...{ scope, which }} />
      )}
      {market !== undefined && which.entry === 0 && (
        <>
          <LaterEntries scope={scope} market={market} />
          {!scope.locked && (
            <Section>
              <RemoveMarket scope={scope} market={market} />
            </Section>
          )}
        </>
      )}
    </>
  );
}
