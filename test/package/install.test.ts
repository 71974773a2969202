import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const read = (file: string): string =>
  readFileSync(resolve(import.meta.dirname, "../..", file), "utf8");

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

const lock = JSON.parse(read("package-lock.json")) as Lock;
const { allowScripts } = JSON.parse(read("package.json")) as {
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const withScripts = Object.entries(lock.packages)
  .filter(([, { hasInstallScript }]) => hasInstallScript)
  .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));

describe("npm ci", () => {
  it("runs no install script of onnxruntime-node, which would download CUDA libraries", () => {
    // npm 11 heeds allowScripts. npm 10 runs what the lock file marks with `hasInstallScript`: that
    // line of onnxruntime-node is taken out by hand. Where this fails, take it out again.
    expect(withScripts).not.toContain("onnxruntime-node");
    expect(allowScripts["onnxruntime-node"]).toBe(false);
  });

  it("warns of no install script: each is allowed or denied", () => {
    expect(withScripts.filter((name) => !(name in allowScripts))).toEqual([]);
  });

  it("warns of no unknown setting", () => {
    const keys = read(".npmrc").match(/^\s*[\w-]+(?=\s*=)/gm);
    expect(keys).toEqual(["fund", "audit"]);
  });
});
