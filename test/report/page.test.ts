import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ReportBuilder } from "../../src/report/index.js";
import { approach, reportTask } from "./builders.js";

const CHROMIUM = "/usr/bin/chromium";
const HOSTILE = `</script><img src=x onerror="document.title='owned'">`;

// Debian's chromium; elsewhere the page's text is tested, its behaviour is not.
describe.skipIf(!existsSync(CHROMIUM))("the report in a browser", () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "report-"));
    const report = new ReportBuilder(reportTask({ name: HOSTILE }), {
      title: "Pick the mug",
      source: "run1",
      model: "rgbd",
    });
    for (const annotation of approach(80, { episode: HOSTILE })) await report.add(annotation);
    const html = await report.html({ frames: { in: 80, annotated: 80, dropped: 0, failed: 0 } });
    await writeFile(join(folder, "report.html"), html);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) requests.push(request.url());
    });
    await page.goto(`file://${join(folder, "report.html")}`);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("loads without an error and asks for nothing but itself", () => {
    expect(complaints).toEqual([]);
    expect(requests).toEqual([`file://${join(folder, "report.html")}`]);
  });

  it("shows a chart with a curve for reward, return, progress and each measurement", async () => {
    const panels = await page.locator(".charts figure").evaluateAll((figures) =>
      figures.map((figure) => ({
        id: figure.getAttribute("data-panel"),
        curves: figure.querySelectorAll('.plot path[stroke-linejoin="round"]').length,
        height: figure.getBoundingClientRect().height,
      })),
    );
    expect(panels.map(({ id }) => id)).toEqual(["reward", "return", "progress", "m0", "m1"]);
    for (const { curves, height } of panels) {
      expect(curves).toBeGreaterThan(0);
      expect(height).toBeGreaterThan(80);
    }
  });

  it("shows hostile text as text", async () => {
    expect(await page.title()).toBe("Pick the mug");
    expect(await page.locator(".about b").first().textContent()).toBe(HOSTILE);
    expect(await page.locator("img").count()).toBe(0);
  });

  it("tells the values under the pointer in all charts, and forgets them when it leaves", async () => {
    const plot = page.locator('figure[data-panel="reward"] .plot');
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    const heightBefore = (await page.locator(".charts").boundingBox())!.height;
    await page.mouse.move(box.x + box.width - 11, box.y + 50);
    const said = () => page.locator(".charts output").allTextContents();
    const [reward, , , toMug] = await said();
    expect(reward).toMatch(/^7\.90 s: +4\.9900/);
    expect(toMug).toMatch(/0\.7 cm ± 0\.5 cm · answer 0\.6 cm · true 1\.0 cm$/);
    expect((await page.locator(".charts").boundingBox())!.height).toBe(heightBefore);
    await page.mouse.move(2, 2);
    expect((await said()).join("")).toBe("");
  });

  it("moves its cursor by the arrow keys", async () => {
    await page.locator(".charts").focus();
    await page.keyboard.press("ArrowRight");
    const first = await page.locator(".charts output").first().textContent();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    const second = await page.locator(".charts output").first().textContent();
    expect(first).toMatch(/ s: /);
    expect(second).not.toBe(first);
  });

  it("shows every key frame's picture", async () => {
    const frames = page.locator(".frames svg.frame");
    expect(await frames.count()).toBe(12);
    const box = (await frames.first().boundingBox())!;
    expect(box.width / box.height).toBeCloseTo(320 / 240, 1);
  });

  it("does not scroll sideways on a narrow screen", async () => {
    await page.setViewportSize({ width: 420, height: 800 });
    const width = await page.locator("html").evaluate((html) => html.scrollWidth);
    expect(width).toBeLessThanOrEqual(420);
  });
});
