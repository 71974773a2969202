import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");

/** Which rooms each room may import: data flows down, nothing flows up. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  camera: [],
  spatial: ["camera"],
  yaml: [],
  vlm: ["camera", "spatial", "yaml"],
  expression: [],
  task: ["camera", "spatial", "expression", "yaml"],
  reward: ["task", "spatial", "expression"],
  annotate: ["camera", "spatial", "vlm", "task", "reward"],
  bag: ["camera", "spatial"],
  sim: ["camera"],
  reason: ["camera", "spatial", "vlm", "expression"],
  dataset: ["camera", "spatial", "task", "vlm", "reason", "bag", "sim"],
  evaluate: ["camera", "spatial", "task", "reward", "bag", "vlm", "reason", "dataset"],
  export: ["annotate", "bag", "spatial", "task", "reward"],
  overlay: ["spatial"],
  report: ["annotate", "camera", "spatial", "task", "reward", "evaluate", "overlay"],
  ros: [
    "annotate",
    "bag",
    "camera",
    "export",
    "overlay",
    "spatial",
    "task",
    "reward",
    "vlm",
    "reason",
    "sim",
  ],
  cli: ["*"],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);

const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(SRC, file), "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(
    ([, path]) => ({
      file,
      room: file.split("/")[0]!,
      target: relative(SRC, resolve(SRC, dirname(file), path!)),
    }),
  ),
);

describe("rooms of src/", () => {
  it("each has its place in the table of who may import whom", () => {
    const rooms = new Set(files.filter((file) => file.includes("/")).map((f) => f.split("/")[0]));
    expect([...rooms].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it("import only rooms below them", () => {
    const upward = imports.filter(({ file, room, target }) => {
      if (!file.includes("/") || !target.includes("/")) return false;
      const other = target.split("/")[0]!;
      const allowed = MAY_IMPORT[room] ?? [];
      return other !== room && !allowed.includes("*") && !allowed.includes(other);
    });
    expect(upward).toEqual([]);
  });

  it("enter other rooms through their door, index.ts", () => {
    const pastTheDoor = imports.filter(({ file, room, target }) => {
      const [other, ...rest] = target.split("/");
      return (
        file.includes("/") && rest.length > 0 && other !== room && rest.join("/") !== "index.js"
      );
    });
    expect(pastTheDoor).toEqual([]);
  });
});
