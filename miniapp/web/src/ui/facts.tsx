// Figures under their names, as the cards show them.
import { Num } from "./number";

/** A name, its figure (null where there is none yet), and the tone it is read in. */
export type Fact = readonly [name: string, figure: string | null, tone?: "up" | "down" | undefined];

export const Facts = ({ of }: { of: readonly Fact[] }) => (
  <dl class="facts">
    {of.map(([name, figure, tone]) => (
      <div key={name} class="fact">
        <dt>{name}</dt>
        <dd class={tone}>{figure === null ? "–" : <Num>{figure}</Num>}</dd>
      </div>
    ))}
  </dl>
);
