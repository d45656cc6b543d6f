// Parses PowerShell scripts with tree-sitter's PowerShell grammar, which needs no PowerShell:
//
//   node psparse.mjs SCRIPT.ps1 ...
//
// It prints the position of each syntax error and fails if there is one. `make scripts` installs the dependencies and
// runs it. The grammar differs from PowerShell's parser, which the test of internal/powershell uses if pwsh is on PATH.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import v8 from "node:v8";
import { Language, Parser } from "web-tree-sitter";

// The grammar has one large function. V8's optimizing compiler takes ten seconds for it. Without the compiler, parsing
// all scripts takes a tenth of a second.
v8.setFlagsFromString("--liftoff-only");

const grammar = createRequire(import.meta.url).resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node psparse.mjs SCRIPT.ps1 ...");
  process.exit(2);
}

let faults = 0;
for (const file of files) {
  const tree = parser.parse(readFileSync(file, "utf8"));
  const visit = (node) => {
    if (node.isError || node.isMissing) {
      faults++;
      const { row, column } = node.startPosition;
      const near = JSON.stringify(node.text.slice(0, 60));
      const message = node.isMissing ? `${node.type} is missing` : `syntax error at ${near}`;
      console.error(`${file}:${row + 1}:${column + 1}: ${message}`);
      return;
    }
    if (node.hasError) {
      node.children.forEach(visit);
    }
  };
  visit(tree.rootNode);
  tree.delete();
}
console.log(`${files.length} scripts parsed, ${faults} syntax errors`);
process.exit(faults === 0 ? 0 : 1);
