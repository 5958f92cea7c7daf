// How the Mini App is built: one entry, the chart as its own chunk, gzip siblings beside every file.
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const COMPRESSIBLE = /\.(js|css|html|svg|json)$/;

/** The server sends `name.gz` when the client accepts it, so nothing is compressed per request. */
function gzipSiblings(): Plugin {
  return {
    name: "gzip-siblings",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const [name, item] of Object.entries(bundle)) {
        if (!COMPRESSIBLE.test(name)) continue;
        const source = item.type === "chunk" ? item.code : item.source;
        this.emitFile({
          type: "asset",
          fileName: `${name}.gz`,
          source: gzipSync(source, { level: 9 }),
        });
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
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
} as Parameters<typeof defineConfig>[0]);
