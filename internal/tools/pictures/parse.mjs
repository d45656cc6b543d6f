// Asks the renderer's own parser whether it accepts Mermaid texts, without a browser:
//
//   node parse.mjs TEXT.mmd ...
//
// It fails where one is not accepted, and says where. `make diagrams` installs what this needs and calls it.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// What cleans the labels wants a document, which has to be there before it is loaded.
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
    console.error(`${text}: the renderer does not accept it: ${error.message}`);
  }
}
console.log(`${texts.length} diagrams parsed, ${faults} not accepted`);
process.exit(faults === 0 ? 0 : 1);
