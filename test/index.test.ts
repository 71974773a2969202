import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

describe("the library's door", () => {
  it("has every name that the README's snippets import", async () => {
    const library = await import("../src/index.js");
    const imports = [...README.matchAll(/import \{([^}]+)\} from "spatial-reward-bridge"/g)];
    const names = imports.flatMap(([, list]) => list!.split(",").map((name) => name.trim()));
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !(name in library))).toEqual([]);
  });
});

describe("the README", () => {
  it("names every dependency, with the reason", () => {
    const missing = Object.keys({
      ...PACKAGE.dependencies,
      ...PACKAGE.optionalDependencies,
    }).filter((name) => !README.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });
});
