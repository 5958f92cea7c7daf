// Turns the server's OpenAPI document (docs/api/openapi.json) into TypeScript: `npm run generate`.
// With --check it changes nothing and fails when the committed types no longer fit the document.
import { readFileSync, writeFileSync } from "node:fs";

const SOURCE = new URL("../../../docs/api/openapi.json", import.meta.url);
const TARGET = new URL("../src/api/contract.ts", import.meta.url);

const document_ = JSON.parse(readFileSync(SOURCE, "utf8"));
const schemas = document_.components?.schemas ?? {};

const identifier = (name) => name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/_+$/, "");
const quoted = (value) => JSON.stringify(value);
const wrap = (text) => (/[|&]/.test(text) ? `(${text})` : text);

function union(parts) {
  return [...new Set(parts)].join(" | ") || "never";
}

function type(schema) {
  if (schema === true || schema === undefined) return "unknown";
  if (schema.$ref) return identifier(schema.$ref.split("/").pop());
  if ("const" in schema) return quoted(schema.const);
  if (schema.enum) return union(schema.enum.map(quoted));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return union(choices.map(type));
  if (schema.allOf) return schema.allOf.map(type).join(" & ");
  if (Array.isArray(schema.type))
    return union(schema.type.map((one) => type({ ...schema, type: one })));
  if (schema.type === "array") return `readonly ${wrap(type(schema.items))}[]`;
  if (schema.type === "object" || schema.properties) return object(schema);
  if (schema.type === "integer") return "number";
  return (
    { string: "string", number: "number", boolean: "boolean", null: "null" }[schema.type] ??
    "unknown"
  );
}

function object(schema) {
  if (!schema.properties) return `Readonly<Record<string, ${type(schema.additionalProperties)}>>`;
  return `{ ${fields(schema).join(" ")} }`;
}

function fields(schema) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(
    ([name, field]) => `readonly ${name}${required.has(name) ? "" : "?"}: ${type(field)};`,
  );
}

const declarations = Object.entries(schemas)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => {
    if (!schema.properties) return `export type ${identifier(name)} = ${type(schema)};`;
    return `export interface ${identifier(name)} {\n  ${fields(schema).join("\n  ")}\n}`;
  });

const text = `// Made from docs/api/openapi.json by \`npm run generate\`; edit the server, not this file.\n\n${declarations.join("\n\n")}\n`;

if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== text) {
    process.stderr.write(
      "src/api/contract.ts is behind docs/api/openapi.json: run `npm run generate`.\n",
    );
    process.exit(1);
  }
} else {
  writeFileSync(TARGET, text);
}
