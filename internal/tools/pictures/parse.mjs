// Parses Mermaid texts with the renderer's parser, without a browser:
//
//   node parse.mjs TEXT.mmd ...
//
// It prints the position of each error and fails if there is one. `make diagrams` installs the dependencies and runs
// it.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// The library that sanitizes labels needs a document when it is loaded.
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");

const texts = process.argv.slice(2);
if (texts.length === 0) {
  console.error("usage: node parse.mjs TEXT.mmd ...");
  process.exit(2);
}
let faults = 0;
for (const text of texts) {
  try {
    await mermaid.parse(readFileSync(text, "utf8"));
  } catch (error) {
    faults++;
    console.error(`${text}: ${error.message}`);
  }
}
console.log(`${texts.length} diagrams parsed, ${faults} invalid`);
process.exit(faults === 0 ? 0 : 1);
