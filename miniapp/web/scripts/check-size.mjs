// Fails when the built page is heavier than its budget (gzip bytes of what a phone downloads first).
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const OUT = process.env.COUNTERSIGN_WEB_OUT ?? "dist";
const KB = 1024;
const BUDGETS = {
  "initial JS": 60 * KB,
  "initial CSS": 8 * KB,
  chart: 60 * KB,
  "other chunk": 20 * KB,
  "other CSS": 8 * KB,
};

const html = readFileSync(join(OUT, "index.html"), "utf8");
const assets = readdirSync(join(OUT, "assets")).filter((name) => /\.(js|css)$/.test(name));
const sums = Object.fromEntries(Object.keys(BUDGETS).map((kind) => [kind, 0]));

for (const name of assets) {
  const size = statSync(join(OUT, "assets", `${name}.gz`)).size;
  if (name.endsWith(".css")) sums[html.includes(name) ? "initial CSS" : "other CSS"] += size;
  else if (html.includes(name)) sums["initial JS"] += size;
  else if (name.startsWith("chart")) sums.chart += size;
  else sums["other chunk"] = Math.max(sums["other chunk"], size);
}

let over = false;
for (const [kind, budget] of Object.entries(BUDGETS)) {
  const size = sums[kind];
  const verdict = size > budget ? "OVER" : "ok";
  over ||= size > budget;
  process.stdout.write(
    `${kind.padEnd(12)} ${(size / KB).toFixed(1)} KB of ${budget / KB} KB ${verdict}\n`,
  );
}
if (over) {
  process.stderr.write("The page is over its budget: load it lazily or leave it out.\n");
  process.exit(1);
}
