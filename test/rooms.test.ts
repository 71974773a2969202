import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");

/** Which rooms each room may import: data flows down, nothing flows up. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  yaml: ["base"],
  s3: ["base"],
  expression: ["base"],
  camera: ["base"],
  video: ["base", "camera"],
  language: ["base", "camera"],
  geometry: ["base", "camera", "language"],
  sim: ["base", "camera"],
  models: ["base", "yaml", "camera", "language", "geometry"],
  task: ["base", "yaml", "expression", "camera", "language"],
  kinematics: ["base", "camera", "language", "task"],
  sources: ["base", "camera", "language", "s3", "sim", "video"],
  estimate: ["base", "camera", "kinematics", "language", "task"],
  reward: ["base", "expression", "language", "task", "estimate"],
  consistency: ["base", "camera", "geometry", "language", "task"],
  annotate: [
    "base",
    "camera",
    "consistency",
    "estimate",
    "language",
    "models",
    "reward",
    "sources",
    "task",
  ],
  reason: ["base", "camera", "expression", "language", "models"],
  dataset: [
    "base",
    "camera",
    "geometry",
    "kinematics",
    "language",
    "models",
    "reason",
    "sim",
    "sources",
    "task",
  ],
  evaluate: [
    "base",
    "camera",
    "dataset",
    "estimate",
    "kinematics",
    "language",
    "models",
    "reason",
    "reward",
    "sources",
    "task",
  ],
  calibrate: [
    "annotate",
    "base",
    "camera",
    "estimate",
    "kinematics",
    "language",
    "models",
    "sources",
    "task",
  ],
  sinks: [
    "annotate",
    "base",
    "camera",
    "estimate",
    "language",
    "report",
    "reward",
    "sources",
    "task",
  ],
  export: [
    "annotate",
    "base",
    "camera",
    "estimate",
    "models",
    "sinks",
    "sources",
    "task",
    "video",
    "yaml",
  ],
  overlay: ["base", "language"],
  report: [
    "annotate",
    "base",
    "calibrate",
    "camera",
    "estimate",
    "evaluate",
    "language",
    "overlay",
    "reward",
    "task",
  ],
  ros: [
    "annotate",
    "base",
    "calibrate",
    "camera",
    "estimate",
    "language",
    "models",
    "overlay",
    "plugins",
    "reason",
    "reward",
    "sim",
    "sinks",
    "sources",
    "task",
    "video",
  ],
  http: ["base"],
  serve: [
    "annotate",
    "base",
    "camera",
    "estimate",
    "http",
    "language",
    "models",
    "reward",
    "sinks",
    "sources",
    "task",
  ],
  // The simulator behind HTTP, as `serve` is the models.
  worlds: ["base", "camera", "http", "sim"],
  plugins: ["base", "estimate", "models", "sinks", "sources"],
  cli: ["*"],
};

/** Doors of a room beside index.ts, for what loads packages that the room itself does without. */
const SECOND_DOORS: Readonly<Record<string, readonly string[]>> = {
  language: ["answerSchema.js"],
  models: ["specs.js"],
  sources: ["cdr.js"],
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

/** The shortest way on which each file comes back to itself, by imports of values or types. */
function circles(): string[] {
  const targets = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { file, target } of imports) {
    targets.get(file)?.push(target.replace(/\.js$/, ".ts"));
  }
  const found = files.flatMap((file) => shortestCircle(file, targets) ?? []);
  return [...new Set(found)].sort();
}

function shortestCircle(start: string, targets: ReadonlyMap<string, string[]>): string | undefined {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    for (const target of targets.get(file) ?? []) {
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, file);
      waiting.push(target);
    }
  }
  const way: string[] = [];
  for (let file = cameFrom.get(start); file !== undefined; file = cameFrom.get(file)) {
    way.unshift(file);
    if (file === start) return described(way);
  }
  return undefined;
}

/** A circle is the same wherever one enters it. */
function described(way: readonly string[]): string {
  const first = way.indexOf([...way].sort()[0] ?? "");
  const turned = [...way.slice(first), ...way.slice(0, first)];
  return [...turned, turned[0]].join(" → ");
}

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

  it("enter other rooms through their doors", () => {
    const pastTheDoor = imports.filter(({ file, room, target }) => {
      const [other = "", ...rest] = target.split("/");
      const doors = ["index.js", ...(SECOND_DOORS[other] ?? [])];
      return (
        file.includes("/") && rest.length > 0 && other !== room && !doors.includes(rest.join("/"))
      );
    });
    expect(pastTheDoor).toEqual([]);
  });

  it("have no circles of files, imports of types included", () => {
    expect(circles()).toEqual([]);
  });

  it.each(["CONTRIBUTING.md", "docs/architecture.svg"])("are all named in %s", (page) => {
    const text = readFileSync(resolve(SRC, "..", page), "utf8");
    expect(Object.keys(MAY_IMPORT).filter((room) => !new RegExp(`\\b${room}/`).test(text))).toEqual(
      [],
    );
  });

  it("are drawn in or above the layer of what they import", () => {
    const drawn = readFileSync(resolve(SRC, "../docs/architecture.svg"), "utf8");
    const layers = new Map(
      [...drawn.matchAll(/y="(\d+)"[^>]*monospace">(\w+)\/</g)].map(([, y, room = ""]) => [
        room,
        y,
      ]),
    );
    expect([...layers.keys()].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
    const below = Object.entries(MAY_IMPORT).flatMap(([room, targets]) =>
      targets.flatMap((target) =>
        Number(layers.get(target) ?? Infinity) < Number(layers.get(room))
          ? `${room} imports ${target}`
          : [],
      ),
    );
    expect(below).toEqual([]);
  });
});
