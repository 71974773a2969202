import { spawnSync } from "node:child_process";
import { cpSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.js";
import { contentOf } from "../support/folders.js";

const TASK = resolve("examples/tasks/pick_and_place.yaml");

let folder: string;
let socket: Server;
const at = (...parts: string[]): string => join(folder, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostile-"));
  mkdirSync(at("special"));
  expect(spawnSync("mkfifo", [at("special", "pipe")]).status).toBe(0);
  socket = createServer();
  await new Promise<void>((ready) => socket.listen(at("special", "socket"), ready));
  symlinkSync("/dev/zero", at("special", "device"));
  const size = ["--size", "64x48", "--rate", "1"];
  await runCli("sim", "record", ...size, "-o", at("in", "a.mcap"));
  const annotate = ["annotate", at("in", "a.mcap"), "-t", TASK, "--vlm", "rgbd", "--rate", "1"];
  await runCli(...annotate, "-o", at("in", "rows.jsonl"), at("in", "annotated.mcap"));
  await runCli(...annotate, "-o", at("in", "shards"), "--format", "jsonl", "--shard", "1/1");
  const vqa = ["--scenes", "4", "--width", "96", "--height", "72", "--workers", "1"];
  await runCli("dataset", "synthesize", ...vqa, "-o", at("in", "vqa"));
  await cp(TASK, at("in", "task.yaml"));
  for (const { inputs } of Object.values(OUTPUTS)) {
    for (const input of inputs) expect((await stat(at("in", input))).isFile()).toBe(true);
  }
});
afterAll(async () => {
  socket?.close();
  await rm(folder, { recursive: true, force: true });
});

const a = () => at("in", "a.mcap");
const asking = () => ["-t", TASK, "--vlm", "rgbd", "--rate", "1"];

/** Where each command takes the path of an input. */
const INPUTS: Readonly<Record<string, (path: string) => readonly string[]>> = {
  annotate: (path) => ["annotate", path, ...asking(), "-o", at("o.jsonl")],
  "annotate --task": (path) => ["annotate", a(), "-t", path, "--vlm", "rgbd", "-o", at("o.jsonl")],
  "annotate --vlm": (path) => ["annotate", a(), "-t", TASK, "--vlm", path, "-o", at("o.jsonl")],
  "annotate --calibration": (path) => [
    ...["annotate", a(), ...asking(), "--calibration", path, "-o", at("o.jsonl")],
  ],
  ask: (path) => ["ask", path, "How far is the mug from the tray?", "--vlm", "plane"],
  "bag info": (path) => ["bag", "info", path],
  calibrate: (path) => ["calibrate", path, ...asking(), "-o", at("c.yaml")],
  doctor: (path) => ["doctor", path, "-t", TASK],
  export: (path) => ["export", path, ...exporting(), "-o", at("t")],
  "export --map": (path) => ["export", a(), ...exporting(), "--map", path, "-o", at("t")],
  overlay: (path) => ["overlay", path, at("in", "rows.jsonl"), "-o", at("o.mp4")],
  "overlay, rows": (path) => ["overlay", a(), path, "-o", at("o.mp4")],
  merge: (path) => ["merge", path],
  "evaluate rewards": (path) => ["evaluate", "rewards", path],
  "evaluate rewards --task": (path) => [
    ...["evaluate", "rewards", at("in", "annotated.mcap"), "--task", path],
  ],
  "evaluate answers": (path) => ["evaluate", "answers", path, "--vlm", "plane", "-o", at("e")],
  "dataset inspect": (path) => ["dataset", "inspect", path, "-o", at("i.html")],
  "dataset synthesize": (path) => ["dataset", "synthesize", path, "-o", at("vqa")],
  "task check": (path) => ["task", "check", path],
  "serve --task": (path) => ["serve", "--port", "0", "-t", path, "--vlm", "rgbd"],
  "serve --token-file": (path) => [
    ...["serve", "--port", "0", "-t", TASK, "--vlm", "rgbd", "--token-file", path],
  ],
  "fleet submit": (path) => ["fleet", "submit", path, ...asking(), "-o", at("f")],
};

const exporting = () => ["-t", TASK, "--vlm", "rgbd", "--to", "parquet", "--fps", "1"];

describe.each(Object.keys(INPUTS))("%s", (name) => {
  it.each(["pipe", "socket", "device"])(
    "waits for nothing where it is given a %s",
    async (kind) => {
      const path = at("special", kind);
      const { code, stderr } = await runCli(...(INPUTS[name]?.(path) ?? []));
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`error: ${path} is a ${kind} and no file`),
      ]);
    },
    20_000,
  );

  it.each([
    ["nothing is there", () => at("absent.mcap")],
    ["a link leads to itself", () => linked("loop.mcap", at("loop.mcap"))],
    ["a link leads nowhere", () => linked("dangling.mcap", at("nowhere"))],
    ["a file stands in the way", () => join(a(), "x.mcap")],
    ["the name is too long", () => at(`${"x".repeat(300)}.mcap`)],
    ["the name has a line break and a colour", () => at("\u001b[31mred\n.mcap")],
    ["a file is empty", () => written("empty.mcap", "")],
    ["a file is of bytes", () => written("bytes.mcap", Buffer.alloc(3000, 0xc3))],
  ])(
    "ends with a reason where %s",
    async (_, path) => {
      const { code, stderr } = await runCli(...(INPUTS[name]?.(path()) ?? []));
      expect([1, 2]).toContain(code);
      expect(stderr).toMatch(/error: /);
      expect(stderr).not.toMatch(/^ {4}at /m);
      expect(stderr).not.toContain("\u001b");
    },
    20_000,
  );
});

function linked(name: string, target: string): string {
  try {
    symlinkSync(target, at(name));
  } catch {
    // It is there already.
  }
  return at(name);
}

function written(name: string, content: string | Buffer): string {
  writeFileSync(at(name), content);
  return at(name);
}

describe("in a folder of recordings", () => {
  it("what is no file ends neither the others nor in waiting", async () => {
    mkdirSync(at("mixed"));
    cpSync(a(), at("mixed", "a.mcap"));
    spawnSync("mkfifo", [at("mixed", "b.mcap")]);
    const words = [
      "annotate",
      at("mixed"),
      ...asking(),
      "-o",
      at("mixed-out"),
      "--format",
      "jsonl",
    ];
    const { code, stderr } = await runCli(...words);
    expect(code).toBe(1);
    expect(stderr).toContain("b.mcap is a pipe and no file");
    expect((await stat(at("mixed-out", "a.jsonl"))).size).toBeGreaterThan(1000);
  });

  it.each([
    ["metadata", "rosbag", "metadata.yaml"],
    ["picture", "pictures", "1.png"],
  ])(
    "a pipe for a %s is not waited for",
    async (_, name, pipe) => {
      mkdirSync(at(name));
      if (name === "rosbag") cpSync(a(), at(name, "a.mcap"));
      spawnSync("mkfifo", [at(name, pipe)]);
      const { code, stderr } = await runCli(
        "annotate",
        at(name),
        ...asking(),
        "-o",
        at(`${name}.jsonl`),
      );
      expect([0, 1]).toContain(code);
      expect(stderr).not.toContain("internal");
    },
    30_000,
  );

  it("a name that is no UTF-8 is passed over, and said", async () => {
    mkdirSync(at("latin"));
    cpSync(a(), at("latin", "a.mcap"));
    await writeFile(
      Buffer.concat([Buffer.from(at("latin", "gr")), Buffer.from([0xfc]), Buffer.from("n.mcap")]),
      await readFile(a()),
    );
    const words = [
      "annotate",
      at("latin"),
      ...asking(),
      "-o",
      at("latin-out"),
      "--format",
      "jsonl",
    ];
    const { code, stderr } = await runCli(...words);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("n.mcap has a name that is no UTF-8, and was passed over"),
    ]);
  });
});

describe("a data set of a stranger", () => {
  it.each(["../outside.jpg", "/etc/outside.jpg", "images/../../outside.jpg"])(
    "shows no picture of elsewhere (%s)",
    async (image) => {
      await cp(at("in", "vqa"), at("foreign"), { recursive: true, force: true });
      const rows = await readFile(at("foreign", "train.jsonl"), "utf8");
      const text = rows.replace(/"image": ?"[^"]+"/, () => `"image":${JSON.stringify(image)}`);
      expect(text).not.toBe(rows);
      await writeFile(at("foreign", "train.jsonl"), text);
      const { code, stderr } = await runCli(
        "dataset",
        "inspect",
        at("foreign"),
        "-o",
        at("f.html"),
      );
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("train.jsonl:1: image: points outside the folder"),
      ]);
    },
  );
});

/** What each command writes where, of which inputs. */
const OUTPUTS: Readonly<
  Record<
    string,
    {
      readonly inputs: readonly string[];
      readonly words: (path: string) => readonly string[];
      readonly ending: string;
    }
  >
> = {
  annotate: {
    inputs: ["a.mcap"],
    ending: ".jsonl",
    words: (path) => ["annotate", a(), ...asking(), "-o", path],
  },
  "annotate, task": {
    inputs: ["task.yaml"],
    ending: ".jsonl",
    words: (path) => ["annotate", a(), "-t", at("in", "task.yaml"), "--vlm", "rgbd", "-o", path],
  },
  calibrate: {
    inputs: ["a.mcap"],
    ending: ".yaml",
    words: (path) => ["calibrate", a(), ...asking(), "-o", path],
  },
  "calibrate --report": {
    inputs: ["a.mcap"],
    ending: ".html",
    words: (path) => ["calibrate", a(), ...asking(), "-o", at("c.yaml"), "--report", path],
  },
  export: {
    inputs: ["a.mcap"],
    ending: "",
    words: (path) => ["export", a(), ...exporting(), "--action", "next-state", "-o", path],
  },
  overlay: {
    inputs: ["a.mcap", "rows.jsonl"],
    ending: ".mp4",
    words: (path) => ["overlay", a(), at("in", "rows.jsonl"), "-o", path],
  },
  merge: {
    inputs: ["shards/a.jsonl"],
    ending: ".jsonl",
    words: (path) => ["merge", at("in", "shards"), "-o", path],
  },
  "evaluate rewards --json": {
    inputs: ["annotated.mcap"],
    ending: ".json",
    words: (path) => ["evaluate", "rewards", at("in", "annotated.mcap"), "--json", path],
  },
  "dataset inspect": {
    inputs: ["vqa/dataset.json"],
    ending: ".html",
    words: (path) => ["dataset", "inspect", at("in", "vqa"), "-o", path],
  },
};

describe.each(Object.entries(OUTPUTS))("an output of %s", (name, { inputs, words, ending }) => {
  const places = inputs.flatMap((input): [string, () => string][] => {
    const real = () => at("in", ...input.split("/"));
    const unique = `${name.replaceAll(/\W/g, "_")}_${input.replaceAll(/\W/g, "_")}`;
    return [
      [`${input} itself`, real],
      [`a link to ${input}`, () => linked(`${unique}_link${ending}`, real())],
      [
        `a link to a link to ${input}`,
        () => linked(`${unique}_links${ending}`, linked(`${unique}_link${ending}`, real())),
      ],
      [`a hard link to ${input}`, () => hardLink(`${unique}_hard${ending}`, real())],
      [`${input} through a linked folder`, () => join(linked(`${unique}_in`, at("in")), input)],
    ];
  });
  const others: [string, () => string][] = [
    ["a device", () => "/dev/null"],
    ["a pipe", () => at("special", "pipe")],
    ["a folder that is there", () => folderAt(`${name.replaceAll(/\W/g, "_")}_folder${ending}`)],
    ["a place below a file", () => join(a(), `x${ending}`)],
    ["a place among devices", () => `/dev/stdout${ending || "s"}`],
    [
      "a place among processes, through a link",
      () => join(linked("self", "/proc/self"), `x${ending}`),
    ],
    ["a place below that", () => `/sys/not/there/x${ending}`],
  ];
  it.each([...places, ...others])(
    "is refused as %s, with --overwrite too",
    async (_, place) => {
      const path = place();
      const before = await contentOf(at("in"));
      for (const more of [[], ["--overwrite"]]) {
        const { code, stderr } = await runCli(...words(path), ...more);
        expect([1, 2]).toContain(code);
        expect(stderr).toMatch(/^error: /m);
        expect(await contentOf(at("in"))).toEqual(before);
      }
      expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
    },
    60_000,
  );
});

function hardLink(name: string, target: string): string {
  try {
    linkSync(target, at(name));
  } catch {
    // It is there already.
  }
  return at(name);
}

function folderAt(name: string): string {
  mkdirSync(join(at(name), "with", "more"), { recursive: true });
  return at(name);
}
