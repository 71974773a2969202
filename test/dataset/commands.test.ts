import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { datasetInspectCommand } from "../../src/cli/datasetInspect.js";
import { datasetSynthesizeCommand } from "../../src/cli/datasetSynthesize.js";
import { readJsonLines, vqaRowSchema } from "../../src/dataset/index.js";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dataset-commands-"));
});
afterAll(() => rm(root, { recursive: true }));

function synthesize(...args: string[]): Promise<unknown> {
  return datasetSynthesizeCommand().exitOverride().parseAsync(args, { from: "user" });
}

describe("dataset synthesize", () => {
  it("wants recordings or --scenes, and not both", async () => {
    await expect(synthesize("-o", join(root, "x"))).rejects.toThrow(
      /either recordings or --scenes/,
    );
    await expect(synthesize("a.mcap", "--scenes", "3", "-o", join(root, "x"))).rejects.toThrow(
      /either recordings or --scenes/,
    );
  });

  it("names a recording that is not there", async () => {
    await expect(synthesize("/no/such.mcap", "-o", join(root, "x"))).rejects.toThrow(
      "/no/such.mcap: no such file",
    );
  });

  it("leaves a finished data set alone", async () => {
    const folder = join(root, "small");
    const size = ["--width", "96", "--height", "72", "--workers", "1"];
    await synthesize("--scenes", "8", ...size, "-o", folder);
    await expect(synthesize("--scenes", "9", ...size, "-o", folder)).rejects.toThrow(
      /finished data set/,
    );
  });
});

describe("dataset inspect", () => {
  it("writes a page without anything beside it", async () => {
    const folder = join(root, "pages");
    const size = ["--width", "160", "--height", "120", "--workers", "1"];
    await synthesize("--scenes", "8", ...size, "-o", folder);
    const page = join(root, "page.html");
    await datasetInspectCommand().parseAsync([folder, "-o", page], { from: "user" });
    const html = await readFile(page, "utf8");
    expect(html).toContain("data:image/jpeg;base64,");
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(html).toContain("questions in train");
  });

  it("names the folder that is no data set", async () => {
    const run = datasetInspectCommand().parseAsync([root, "-o", join(root, "p.html")], {
      from: "user",
    });
    await expect(run).rejects.toThrow(/train\.jsonl: no such file/);
  });

  it("names file and line of a row that is none", async () => {
    const path = join(root, "bad.jsonl");
    await writeFile(path, '\n{"id": 3}\n');
    const rows = readJsonLines(path, vqaRowSchema);
    await expect(rows.next()).rejects.toThrow(/bad\.jsonl:2: id/);
  });
});
