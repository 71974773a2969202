import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { OutputError, RelayedError, UserError } from "../../src/base/index.js";

const ROOT = resolve(import.meta.dirname, "../..");

interface ErrorClass {
  readonly name: string;
  readonly parent: string;
  readonly file: string;
  readonly code: string | undefined;
}

const classes: readonly ErrorClass[] = readdirSync(join(ROOT, "src"), {
  recursive: true,
  encoding: "utf8",
})
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) => {
    const text = readFileSync(join(ROOT, "src", file), "utf8");
    return [...text.matchAll(/class (\w+) extends (\w+) \{(.*?)^\}/gms)].map(
      ([, name = "", parent = "", body = ""]) => ({
        name,
        parent,
        file,
        code: /readonly code(?:: string)? = "([^"]*)"/.exec(body)?.[1],
      }),
    );
  });

/** All descendants of UserError but the one that carries the code of another. */
const userErrors = classes.filter(
  ({ name, parent }) => name !== RelayedError.name && isUserError(parent),
);

function isUserError(name: string): boolean {
  if (name === UserError.name) return true;
  const found = classes.find((each) => each.name === name);
  return found !== undefined && isUserError(found.parent);
}

const listed = [
  ...readFileSync(join(ROOT, "docs/errors.md"), "utf8").matchAll(/^\| `([^`]+)` \|/gm),
].map(([, code]) => code);

describe("the codes of UserErrors", () => {
  it("are found in the source", () => {
    expect(userErrors.length).toBeGreaterThan(30);
  });

  it("are dotted, in lower case, and stand in every class", () => {
    const faulty = userErrors.filter(({ code }) => !/^[a-z]+(\.[a-z]+)+$/.test(code ?? ""));
    expect(faulty).toEqual([]);
  });

  it("are unique", () => {
    const codes = userErrors.map(({ code }) => code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });

  it("are those of the table in docs/errors.md, which is in their order", () => {
    expect(listed).toEqual(userErrors.map(({ code }) => code).sort());
  });

  it("reach a program, and pass through a thread", () => {
    const error = new OutputError("rewards.jsonl", new Error("no"));
    expect(error).toMatchObject({ name: "OutputError", code: "output.failed", exitCode: 1 });
    const relayed = new RelayedError(error.code, error.message);
    expect(relayed).toBeInstanceOf(UserError);
    expect(relayed).toMatchObject({ code: "output.failed", message: error.message });
  });
});
