import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { UserError } from "../../src/base/index.js";
import {
  createVlm,
  registerVlm,
  type SpatialVlm,
  VlmFileError,
  type VlmSpec,
} from "../../src/models/index.js";
import { checkVlmSpec } from "../../src/models/specs.js";

interface Made {
  readonly settings: object;
  readonly spec: VlmSpec;
}
const made: Made[] = [];

registerVlm("recorder", {
  usage: "recorder",
  summary: "a model of this test",
  settings: z.object({
    count: z.coerce.number().int().min(1).max(9).default(3).describe("how many"),
    mode: z.string().default("good").describe("how well"),
    quick: z.stringbool().default(false).describe("how fast"),
    items: z
      .preprocess(
        (value) => (typeof value === "string" ? JSON.parse(value) : value),
        z.array(z.strictObject({ name: z.string() })),
      )
      .optional()
      .describe("what"),
    apiKeyEnv: z
      .string()
      .regex(/^[A-Z]+$/)
      .optional()
      .describe("a variable"),
  }),
  create(settings, spec): SpatialVlm {
    made.push({ settings, spec });
    return {
      id: spec.model ?? spec.target,
      fingerprint: JSON.stringify(settings),
      concurrency: 1,
      needs: [],
      ask: async () => [],
      close: async () => undefined,
    };
  },
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vlm-file-"));
  made.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

async function file(text: string, name = "model.yaml"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function errorOf(spec: string): UserError {
  try {
    checkVlmSpec(spec);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a model file", () => {
  it("names a backend, its model and its settings", async () => {
    const path = await file("vlm: recorder\nmodel: small\ncount: 5\nmode: best\nquick: true\n");
    await createVlm(path);
    expect(made).toMatchObject([
      { settings: { count: 5, mode: "best", quick: true }, spec: { model: "small" } },
    ]);
  });

  it("may say it all in the spec, to which its fields add and which they overrule", async () => {
    await createVlm(await file("vlm: recorder?count=5&mode=fair#small\nmode: best\n"));
    expect(made).toMatchObject([
      { settings: { count: 5, mode: "best" }, spec: { model: "small" } },
    ]);
  });

  it("is overruled by what the command line adds to it", async () => {
    const path = await file("vlm: recorder\nmodel: small\ncount: 5\nmode: best\n");
    await createVlm(`${path}#large?count=7`);
    expect(made).toMatchObject([
      { settings: { count: 7, mode: "best" }, spec: { model: "large" } },
    ]);
  });

  it("may build on another file, found beside it", async () => {
    await file("vlm: recorder\ncount: 5\nmode: best\n", "base.yml");
    await createVlm(await file("vlm: base.yml\ncount: 6\n"));
    expect(made).toMatchObject([{ settings: { count: 6, mode: "best" } }]);
  });

  it("takes lists and mappings, and tells where relative paths in them begin", async () => {
    await createVlm(await file("vlm: recorder\nitems:\n  - name: a\n  - name: b\n"));
    expect(made).toMatchObject([{ settings: { items: [{ name: "a" }, { name: "b" }] } }]);
    expect(made[0]!.spec.folders?.get("items")).toBe(folder);
  });

  it("lists the models of a chain, as specs, files or mappings", async () => {
    await file("vlm: recorder\nmodel: second\n", "second.yaml");
    const path = await file(
      "vlm:\n  - recorder#first?count=2\n  - second.yaml\n  - vlm: recorder\n    model: third\n    count: 4\nmin_confidence: 0.7\n",
    );
    expect((await createVlm(path)).id).toBe("first|second|third");
    expect(made.map(({ settings }) => settings)).toMatchObject([
      { count: 2 },
      { count: 3 },
      { count: 4 },
    ]);
  });
});

describe("a spec", () => {
  it("makes a chain of specs with a bar between them", async () => {
    const path = await file("vlm: recorder#b\n");
    expect((await createVlm(`recorder#a?count=1 | ${path}`)).id).toBe("a|b");
  });

  it("refuses a chain with a gap", () => {
    expect(errorOf("recorder|").message).toContain("no model backend");
  });
});

describe("errors of a model file", () => {
  it.each([
    ["vlm: recorder\ncount: 77\n", "2:8: count: ", "  2 | count: 77\n    |        ^^"],
    ["vlm: recorder\ncount: [5]\n", "2:8: count: ", "count: [5]"],
    ["vlm: recorder\ncount: true\n", "2:8: count: ", "count: true"],
    ["vlm: recorder\nmode: {a: 1}\n", "2:7: mode: must be text", "mode: {a: 1}"],
    ["vlm: recorder\ncount:\n", "2:1: count: is empty", "count: …"],
    [
      "vlm: recorder\ncuont: 5\n",
      "2:1: cuont: recorder has no setting cuont. Is it count?",
      "^^^^^",
    ],
    ["vlm: recorder\nitems:\n  - nme: a\n", "3:", "items[0]"],
    ["vlm: recordr\n", "1:6: vlm: no model backend", "Is it recorder?"],
    ["count: 5\n", '1:1: "vlm" is missing', ""],
    ["- recorder\n", "1:1: must be a mapping with the field vlm", ""],
    ["vlm: [recorder]\n", "1:6: vlm: must list at least two models", ""],
    ["vlm: [recorder, 5]\n", "1:17: vlm[1]: must be a mapping with the field vlm", ""],
    ["vlm: [recorder, recorder]\ncount: 5\n", "2:1: count: a chain has no setting count", ""],
    ["vlm: recorder\nmodel: 5\n", "2:8: model: must be the model's name", ""],
    ["vlm: [recorder, recorder?count=0]\n", "1:17: vlm[1]: settings of recorder", "count"],
    ["vlm: recorder\n  count: 5\n", "1:6: not YAML", ""],
    ["vlm: recorder\ncount: 1\ncount: 2\n", "3:1: this name occurs twice", ""],
  ])("name line and field: %j", async (text, where, shown) => {
    const path = await file(text);
    const error = errorOf(path);
    expect(error).toBeInstanceOf(VlmFileError);
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(`${path}:${where}`);
    expect(error.message).toContain(shown);
  });

  it("tell all that is wrong at once", async () => {
    const { message } = errorOf(await file("vlm: recorder\ncount: 77\nquick: maybe\nx: 1\n"));
    expect(message).toContain("3 problems in the model file");
  });

  it("are those of the file that is at fault", async () => {
    const base = await file("vlm: recorder\ncount: 77\n", "base.yaml");
    const { message } = errorOf(await file("vlm: base.yaml\nmode: best\n"));
    expect(message).toContain(`${base}:2:8: count`);
  });

  it("repeat no key that someone wrote into it", async () => {
    for (const line of ["api_key: sk-12345678", "api_key_env: sk-12345678"]) {
      const error = errorOf(await file(`vlm: recorder\n${line}\n`));
      expect(error.message).toContain("2:1: api_key");
      expect(inspect(error)).not.toContain("sk-12345678");
    }
  });

  it("say which file is not there", async () => {
    expect(errorOf(join(folder, "none.yaml")).message).toContain("no such file");
    const path = await file("vlm: none.yaml\n");
    expect(errorOf(path).message).toMatch(/model\.yaml:1:6: vlm: cannot read .*none\.yaml/);
  });

  it("stop at files that name themselves", async () => {
    await file("vlm: b.yaml\n", "a.yaml");
    await file("vlm: [recorder, a.yaml]\n", "b.yaml");
    expect(errorOf(join(folder, "a.yaml")).message).toContain("names itself");
  });

  it("are user errors, whatever the file holds", async () => {
    const lines = fc.array(
      fc.oneof(
        fc.constantFrom(
          "vlm: recorder",
          "count: 5",
          "items:",
          "  - name: a",
          "vlm: [recorder, rgbd]",
        ),
        fc.string({ maxLength: 30 }),
      ),
      { maxLength: 6 },
    );
    const thrown = ["vlm: recorder", "items:", " ("];
    await fc.assert(
      fc.asyncProperty(lines, async (lines) => {
        const path = await file(lines.join("\n"));
        try {
          checkVlmSpec(path);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 200, examples: [[thrown]] },
    );
  });
});
