import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
/** Below the package, so that its own name resolves as it does for a user; ignored by git. */
const FOLDER = join(ROOT, "out", "readme-snippets");
const PAGES = [
  "README.md",
  "docs/embedded.md",
  "docs/endpoints.md",
  "docs/local-models.md",
  "docs/rgbd.md",
  "docs/reasoning.md",
];

afterAll(() => rm(FOLDER, { recursive: true, force: true }));

describe("the snippets of README and docs", () => {
  it("compile against the built package, strictly", async () => {
    await mkdir(FOLDER, { recursive: true });
    let count = 0;
    for (const page of PAGES) {
      const text = await readFile(join(ROOT, page), "utf8");
      for (const [, snippet] of text.matchAll(/```ts\n([\s\S]*?)```/g)) {
        await writeFile(join(FOLDER, `snippet${count++}.ts`), `${snippet}export {};\n`);
      }
    }
    expect(count).toBeGreaterThan(1);
    const config = { extends: "../../tsconfig.json", include: ["*.ts"] };
    await writeFile(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(ROOT, "node_modules", ".bin", "tsc");
    const options = ["--noUnusedLocals", "false", "-p", FOLDER];
    const result = await promisify(execFile)(tsc, options).catch((error) => error);
    expect(result.stdout).toBe("");
  });
});
