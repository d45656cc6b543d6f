// Renders Mermaid texts in a headless Chromium:
//
//   node render.mjs TEXT.mmd PICTURE.png [TEXT.mmd PICTURE.png ...]
//
// It fails if a text is not valid. `make pictures` installs the dependencies and runs it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const args = process.argv.slice(2);
const jobs = [];
while (args.length > 0) {
  jobs.push({ text: args.shift(), picture: args.shift() });
}

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!chromium) {
  throw new Error("Chromium is needed: apt-get install chromium");
}
// Root cannot use the sandbox. The browser opens only text from this repository.
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage();
  await page.setContent(
    "<!doctype html><body style='margin:0;background:#fff'>" +
      "<div id='picture' style='display:inline-block;padding:12px'></div>",
  );
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve("mermaid/dist/mermaid.min.js") });
  await page.evaluate(() =>
    mermaid.initialize({ startOnLoad: false, theme: "neutral", flowchart: { useMaxWidth: false } }),
  );
  for (const { text, picture } of jobs) {
    try {
      await page.evaluate(async (source) => {
        const { svg } = await mermaid.render("drawing", source);
        document.getElementById("picture").innerHTML = svg;
      }, readFileSync(text, "utf8"));
    } catch (error) {
      throw new Error(`${text}: ${error.message}`);
    }
    const element = await page.$("#picture");
    const { height } = await element.boundingBox();
    // A large picture gets a lower resolution, which keeps its file small.
    await page.setViewport({ width: 1600, height: 1200, deviceScaleFactor: height > 2000 ? 1 : 1.5 });
    writeFileSync(picture, await element.screenshot({ type: "png" }));
    console.log(`${text} rendered to ${picture}`);
  }
} finally {
  await browser.close();
}
