import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Annotation } from "../../src/annotate/index.js";
import { UserError } from "../../src/base/index.js";
import { ReportBuilder, svgToPng } from "../../src/report/index.js";
import type { Task } from "../../src/task/index.js";
import { approach, reportTask, step } from "./builders.js";

const about = { title: "Pick the mug", source: "run1", model: "rgbd" };

async function builderOf(annotations: readonly Annotation[], task: Task = reportTask()) {
  const report = new ReportBuilder(task, about);
  for (const annotation of annotations) await report.add(annotation);
  return report;
}

async function htmlOf(annotations: readonly Annotation[], task?: Task): Promise<string> {
  const report = await builderOf(annotations, task);
  const n = annotations.length;
  return report.html({ frames: { in: n + 2, annotated: n, dropped: 2, failed: 0 } });
}

/** The same, with values that no image was looked at for. */
function byFrames({ measurements, ...annotation }: Annotation): Annotation {
  return {
    ...annotation,
    measurements: measurements.map((value) => ({ ...value, basis: "frames" })),
  };
}

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("ReportBuilder", () => {
  it("says what went in and what became of it", async () => {
    const html = await htmlOf(approach());
    expect(html).toContain("= 80 annotated + 2 dropped + 0 failed");
    expect(html).toContain("<h1>Pick the mug</h1>");
    expect(html).toMatch(/card good"><dt>End<\/dt><dd>success/);
  });

  it("gives each measurement its agreement with the truth", async () => {
    const html = await htmlOf(approach());
    const row = /<th scope="row">to_mug.*?<\/tr>/s.exec(html)![0];
    expect(row).toContain("<td>75/80</td>");
    expect(row).toContain("<td>1.000</td>");
  });

  it("draws no truth and claims none where TF is silent", async () => {
    const html = await htmlOf(approach(40, { withTruth: false }));
    expect(html).toContain("<td>0/40</td>");
    expect(html).not.toContain("Spearman");
    expect(html).not.toMatch(/<\/svg>true/);
  });

  it("draws no truth beside what was computed from those very TF frames", async () => {
    const html = await htmlOf(approach(40).map(byFrames));
    expect(html).not.toContain("Spearman");
    expect(html).not.toMatch(/<\/svg>true/);
    // Where some of it was seen, that is judged.
    const half = await htmlOf(approach(40).map((each, i) => (i < 20 ? byFrames(each) : each)));
    expect(/<th scope="row">to_mug.*?<\/tr>/s.exec(half)![0]).toContain("<td>20/40</td>");
  });

  it("shades stale and invalid stretches and lists their reasons", async () => {
    const html = await htmlOf(approach());
    expect(html).toContain("<title>stale: no_object: label 7 (the red mug) covers 3 px");
    expect(html).toContain("<title>invalid: to_mug: no value for 0.6 s</title>");
    expect(html).toMatch(/<td>2\.40 – 2\.80 s<\/td><td>5<\/td>/);
  });

  it("says when the end of the episode is off the reward's scale", async () => {
    expect(await htmlOf(approach())).toContain("off the scale at the end: 4.99");
  });

  it("is the same, byte for byte, for the same annotations", async () => {
    expect(await htmlOf(approach())).toBe(await htmlOf(approach()));
  });

  it("escapes what comes from outside", async () => {
    const hostile = `</script><script>alert(1)</script><img src=x onerror='alert(2)'>"&`;
    const annotations = approach(30, { episode: hostile, stage: hostile }).map((annotation, i) =>
      i === 12
        ? step(i, 0.2, { validity: "invalid", reason: hostile, episode: hostile })
        : annotation,
    );
    const task = reportTask({ name: hostile, description: hostile, source: hostile });
    const report = new ReportBuilder(task, { title: hostile, source: hostile, model: hostile });
    for (const annotation of annotations) await report.add(annotation);
    const html = await report.html({ frames: { in: 30, annotated: 30, dropped: 0, failed: 0 } });
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("<img");
    expect(count(html, "</script>")).toBe(2);
    expect(html).toContain("&lt;script&gt;alert(1)");
    expect(await report.picture()).not.toContain("<script>");
  });

  it("has a section for each episode, and for each attempt of one", async () => {
    const html = await htmlOf([
      ...approach(20),
      ...approach(20, { attempt: 2 }),
      ...approach(20, { episode: "run2" }),
    ]);
    expect(count(html, "<section>")).toBe(3);
    expect(html).toContain("<h2>run2, front</h2>");
  });

  it("needs no network: nothing but data in it, and a policy that says so", async () => {
    const html = await htmlOf(approach());
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(?:src|href)="(?!data:image\/jpeg;base64,)/);
  });

  it("stays small on a long episode", async () => {
    const { image } = step(0, 0.3).frame;
    const frames = Array.from({ length: 20_000 }, (_, i) =>
      step(i, 0.3 + 0.2 * Math.sin(i / 700), { image }),
    );
    const html = await htmlOf(frames);
    expect(html.length).toBeLessThan(2_000_000);
  });

  it("reports failed images as such and goes on", async () => {
    const html = await htmlOf([
      ...approach(10),
      step(10, 0.1, { outcome: "failed", validity: "invalid", reason: "truncated JPEG on /color" }),
      step(11, 0.1),
    ]);
    expect(html).toContain("invalid: truncated JPEG on /color");
  });
});

describe("ReportBuilder.picture", () => {
  it("is a standalone SVG that renders to a PNG, in light and dark", async () => {
    const report = await builderOf(approach());
    for (const theme of ["light", "dark"] as const) {
      const svg = await report.picture({ theme });
      expect(svg).not.toContain("var(--");
      const { width, height } = await sharp(await svgToPng(svg)).metadata();
      expect(width).toBeGreaterThan(1200);
      expect(height).toBeGreaterThan(600);
    }
  });

  it("has nothing to draw without annotations, and says so", async () => {
    await expect((await builderOf([])).picture()).rejects.toThrow(UserError);
  });
});
