// How the Mini App is built: one entry, the chart as its own chunk, gzip siblings beside every file.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** Cut along who shares what, the first download came in six files and was 2 KB heavier. */
const AT_START =
  /node_modules\/(?!lightweight-charts|fancy-canvas)|src\/((api|telegram)\/|format\/(?!venue)|(app|navigation|screens)\.|features\/(home|offers|positions)\/|text\/(en|index)\.|ui\/(?!confirm|paste|rareIcons|unfold))/;
const COMPRESSIBLE = /\.(js|css|html|svg|json)$/;

/** The server sends `name.gz` when the client accepts it, so nothing is compressed per request. */
function gzipSiblings(): Plugin {
  return {
    name: "gzip-siblings",
    apply: "build",
    // After everything is on disk: earlier hooks still see placeholders in the code.
    closeBundle() {
      const folder = this.environment.config.build.outDir;
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!COMPRESSIBLE.test(name)) continue;
        const path = join(folder, name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  base: "/app/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [gzipSiblings()],
  build: {
    // The packaging hook names the output folder; by hand it is dist/.
    outDir: process.env.COUNTERSIGN_WEB_OUT ?? "dist",
    emptyOutDir: true,
    target: "es2020",
    // Older ones have no container queries anyway; for them "start" would become a guess by language.
    cssTarget: ["chrome105", "safari16"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "base", test: AT_START }] } },
    },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
} as Parameters<typeof defineConfig>[0]);
