import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OutputFile } from "../../src/base/index.js";
import { BagWriter, openBag } from "../../src/sources/index.js";
import { chatServer, say } from "../support/chatServer.js";
import { runCli, startCli } from "../support/cli.js";
import { fillDisk } from "../support/diskFaults.js";

const TASK = "examples/tasks/pick_and_place.yaml";
/** Where any model would do: this one is ready at once. */
const RGBD = ["--vlm", "rgbd"];
const COLOR = "/camera/color/image_raw/compressed";

let folder: string;
let run1: string;
let frames: number;

/** A path in this test file's own folder. */
const at = (...parts: string[]): string => join(folder, ...parts);

/** Copies run1 topic by topic; the edit gets each message's bytes, and drops those it returns nothing for. */
async function editedCopy(
  name: string,
  edit: (topic: string, index: number, data: Uint8Array) => Uint8Array | undefined,
  rename: (topic: string) => readonly string[] = (topic) => [topic],
): Promise<string> {
  const source = await openBag(run1);
  const writer = await BagWriter.create(at(name));
  const seen = new Map<string, number>();
  for await (const { topic, type, logNs, publishNs, data } of source.messages()) {
    const index = seen.get(topic) ?? 0;
    seen.set(topic, index + 1);
    const edited = edit(topic, index, data);
    if (!edited) continue;
    for (const target of rename(topic)) {
      await writer.addTopic({ name: target, type });
      await writer.writeRaw(target, logNs, edited, publishNs);
    }
  }
  await writer.close();
  await source.close();
  return at(name);
}

async function jsonLines(path: string): Promise<Record<string, unknown>[]> {
  return (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Latency is measured anew in every run; all else is a function of bag, task, model and seed. */
async function withoutLatency(path: string): Promise<unknown[]> {
  return (await jsonLines(path)).map(({ latency_ms: _, ...rest }) => rest);
}

/** An output that is being written. */
async function takenOutput(path: string): Promise<AsyncDisposable> {
  const file = await OutputFile.create(path);
  return { [Symbol.asyncDispose]: () => file.discard() };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-"));
  run1 = at("run1.mcap");
  const size = ["--size", "160x120", "--rate", "4", "--workers", "0"];
  const recorded = await runCli("sim", "record", "--seed", "7", ...size, "-o", run1);
  expect(recorded).toMatchObject({ code: 0, stderr: "" });
  frames = Number(/(\d+) frames/.exec(recorded.stdout)![1]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("spatial-reward annotate", () => {
  it("writes every format from one run, says what became of the frames, and is quiet in a pipe", async () => {
    const outputs = ["r.mcap", "r.jsonl", "r.csv", "r.html"].map((name) => at("formats", name));
    const args = ["annotate", run1, "-t", TASK, "--vlm", "rgbd", "-o", ...outputs];
    const result = await startCli(args).done;
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain(
      `frames   ${frames} in = ${frames} annotated + 0 dropped + 0 failed`,
    );
    expect(result.stdout).toContain("success at");
    const lines = await jsonLines(outputs[1]!);
    expect(lines).toHaveLength(frames);
    expect(lines.at(-1)).toMatchObject({ episode: "run1", success: true, model: "rgbd" });
    expect((await readFile(outputs[2]!, "utf8")).trimEnd().split("\n")).toHaveLength(frames + 1);
    const bag = await openBag(outputs[0]!);
    expect(bag.info.topics).toContainEqual({
      name: "/spatial_reward/reward",
      type: "spatial_reward_msgs/msg/DenseReward",
      messageCount: frames,
      qos: "reliable",
    });
    await bag.close();
    expect(await readFile(outputs[3]!, "utf8")).toMatch(/^<!doctype html>/i);
    expect((await readdir(at("formats"))).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("gives the same result every time", async () => {
    for (const name of ["a.jsonl", "b.jsonl"]) {
      await runCli("annotate", run1, "-t", TASK, "-o", at(name), "--rate", "2");
    }
    expect(await withoutLatency(at("a.jsonl"))).toEqual(await withoutLatency(at("b.jsonl")));
  });

  it("annotates several recordings into a folder, and one bad one does not stop the others", async () => {
    await mkdir(at("night"));
    await writeFile(at("night", "empty.mcap"), "");
    await symlink(run1, at("night", "good.mcap"));
    const out = at("annotated");
    const args = [...RGBD, "--format", "mcap", "jsonl", "--from", "1s", "--to", "3s"];
    const result = await runCli("annotate", at("night"), "-t", TASK, "-o", `${out}/`, ...args);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("empty.mcap");
    expect(result.stderr).toContain("1 of 2 recordings failed");
    expect((await readdir(out)).sort()).toEqual([".spatial-reward", "good", "good.jsonl"]);
    expect((await readdir(join(out, "good"))).sort()).toEqual(["good.mcap", "metadata.yaml"]);
    const stamps = (await jsonLines(join(out, "good.jsonl"))).map(({ stamp_ns }) =>
      Number(BigInt(stamp_ns as string) / 1_000_000n),
    );
    expect(stamps.at(-1)! - stamps[0]!).toBe(2000);
  });

  it("a truncated JPEG fails that frame, names the topic, and the rest goes on", async () => {
    const path = await editedCopy("truncated.mcap", (topic, index, data) => {
      if (topic !== COLOR || index !== 5) return data;
      // The JPEG is the message's last field: shorten it and its length.
      const cut = data.slice(0, data.length - 700);
      const start = Buffer.from(cut).indexOf(Buffer.from([0xff, 0xd8, 0xff]));
      new DataView(cut.buffer).setUint32(start - 4, cut.length - start, true);
      return cut;
    });
    const result = await runCli("annotate", path, "-t", TASK, ...RGBD, "-o", at("truncated.jsonl"));
    expect(result.code).toBe(0);
    expect(result.stdout).toContain(
      `frames   ${frames} in = ${frames - 1} annotated + 0 dropped + 1 failed`,
    );
    const broken = (await jsonLines(at("truncated.jsonl")))[5]!;
    expect(broken.reason).toContain(COLOR);
    expect(broken.validity).not.toBe("ok");
  });

  it("a bag cut off in the middle is annotated as far as it goes, and the loss is said", async () => {
    const bytes = await readFile(run1);
    await writeFile(at("cut.mcap"), bytes.subarray(0, bytes.length / 2));
    const result = await runCli(
      "annotate",
      at("cut.mcap"),
      "-t",
      TASK,
      ...RGBD,
      "-o",
      at("cut.jsonl"),
    );
    expect(result.code).toBe(0);
    expect(result.stdout).toContain("damage");
    const lines = await withoutLatency(at("cut.jsonl"));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThan(frames);
  });

  it("never modifies a recording", async () => {
    const before = await readFile(run1);
    const result = await runCli("annotate", run1, "-t", TASK, "-o", run1);
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toContain("inputs are never modified");
    expect(Buffer.compare(before, await readFile(run1))).toBe(0);
  });

  it("does not modify a recording through links, or where it has the name of a temporary file", async () => {
    const before = await readFile(run1);
    const isKept = async (path: string) => Buffer.compare(before, await readFile(path)) === 0;
    await mkdir(at("kept", "run.partial"), { recursive: true });
    const recording = at("kept", "run.partial", "run.mcap");
    await writeFile(recording, before);
    await symlink(recording, at("kept", "latest.mcap"));
    const through = ["annotate", at("kept", "latest.mcap"), "-t", TASK, ...RGBD, "-o"];
    expect(await runCli(...through, recording)).toMatchObject({ code: 1, stdout: "" });
    expect(await isKept(recording)).toBe(true);
    const beside = ["annotate", recording, "-t", TASK, ...RGBD, "-o", `${at("kept")}/`];
    expect(await runCli(...beside)).toMatchObject({ code: 0 });
    expect(await isKept(recording)).toBe(true);
    await writeFile(at("kept", "task.yaml"), await readFile(TASK));
    const overTask = ["calibrate", run1, "-t", at("kept", "task.yaml"), ...RGBD];
    expect(await runCli(...overTask, "-o", at("kept", "task.yaml"))).toMatchObject({ code: 1 });
    expect(await readFile(at("kept", "task.yaml"), "utf8")).toBe(await readFile(TASK, "utf8"));
  });

  it("refuses an output that another run is writing, and its journal", async () => {
    await using taken = await takenOutput(at("busy.jsonl"));
    const args = ["annotate", run1, "-t", TASK, ...RGBD, "-o", at("busy.jsonl")];
    const result = await runCli(...args);
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toContain(`is being written by process ${process.pid}`);
    await taken[Symbol.asyncDispose]();
    expect(await readdir(folder)).not.toContain("busy.jsonl.answers.partial");
    expect(await runCli(...args)).toMatchObject({ code: 0, stderr: "" });
  });

  it("says so when the disk is full, and leaves nothing under the output's name", async () => {
    const full = await fillDisk();
    const result = await runCli("annotate", run1, "-t", TASK, ...RGBD, "-o", at("full.jsonl"));
    full.mockRestore();
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("the disk is full");
    expect((await readdir(folder)).filter((name) => name.includes("full"))).toEqual([
      "full.jsonl.answers.partial",
    ]);
  });

  it.each([
    {
      name: "a recording that is not there",
      args: () => ["no.mcap", "-t", TASK],
      says: "no.mcap: no such file or folder",
    },
    {
      name: "a task file that is not there",
      args: () => [run1, "-t", at("no.yaml")],
      says: "no.yaml",
    },
    {
      name: "an unknown model",
      args: () => [run1, "-t", TASK, "--vlm", "rgdb"],
      says: "rgbd",
    },
    {
      name: "an unknown output format",
      args: () => [run1, "-t", TASK, "-o", at("r.xlsx")],
      says: "unknown format .xlsx",
    },
    {
      name: "a time range without images",
      args: () => [run1, "-t", TASK, ...RGBD, "--from", "1000s"],
      says: "no image",
    },
  ])("refuses $name", async ({ args, says }) => {
    const output = args().includes("-o") ? [] : ["-o", at("refused.jsonl")];
    const result = await runCli("annotate", ...args(), ...output);
    expect(result.code).toBeGreaterThan(0);
    expect(result.stderr).toContain(says);
    expect(result.stderr).not.toContain("    at ");
    expect(await readdir(folder)).not.toContain("refused.jsonl");
  });

  it("names the topics that are there when the task's are not", async () => {
    const task = at("elsewhere.yaml");
    const text = await readFile(TASK, "utf8");
    await writeFile(task, `${text}\ncameras: { front: { color: /front/image_raw } }\n`);
    const result = await runCli("annotate", run1, "-t", task, ...RGBD, "-o", at("x.jsonl"));
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("/front/image_raw");
    expect(result.stderr).toContain(COLOR);
  });

  it("asks which camera is meant when there are several", async () => {
    const path = await editedCopy(
      "two.mcap",
      (_topic, _index, data) => data,
      (topic) =>
        topic === COLOR || topic === "/camera/color/camera_info"
          ? [topic, topic.replace("/camera/", "/side/")]
          : [topic],
    );
    const result = await runCli("annotate", path, "-t", TASK, ...RGBD, "-o", at("two.jsonl"));
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(COLOR);
    expect(result.stderr).toContain("/side/color/image_raw/compressed");
  });

  it("says what rgbd lacks in a bag without depth", async () => {
    const path = await editedCopy("flat.mcap", (topic, _index, data) =>
      topic.includes("depth") ? undefined : data,
    );
    const result = await runCli(
      ...["annotate", path, "-t", TASK, "--vlm", "rgbd", "-o", at("flat.jsonl")],
    );
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`no depth topic beside ${COLOR}`);
  });

  it("refuses an expression that does more than compute", async () => {
    const task = at("evil.yaml");
    const text = await readFile(TASK, "utf8");
    await writeFile(task, text.replace("effort: -0.01", 'effort: "import({}) + 1"'));
    const result = await runCli("annotate", run1, "-t", task, "-o", at("evil.jsonl"));
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/evil\.yaml:\d+/);
  });
});

describe("spatial-reward annotate with a server", () => {
  it("ends in good order on Ctrl-C, and --resume gives what an uninterrupted run gives", async () => {
    let interrupt: (() => void) | undefined;
    const patient = await chatServer(async (response, request) => {
      if (request === 40) interrupt?.();
      if (interrupt) await new Promise((resolve) => setTimeout(resolve, 20));
      say(response, "It is about 23 cm.");
    });
    const args = (spec: string, output: string) => [
      "annotate",
      run1,
      "-t",
      TASK,
      "-o",
      at(output),
      "--vlm",
      spec.replace("#", "?cache=off&concurrency=1#"),
    ];
    const running = startCli(args(patient.spec, "resumed.jsonl"));
    interrupt = running.interrupt;
    const interrupted = await running.done;
    interrupt = undefined;
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain("--resume");
    expect(await readdir(folder)).not.toContain("resumed.jsonl");
    const askedBefore = patient.requests;

    const resumed = await runCli(...args(patient.spec, "resumed.jsonl"), "--resume");
    expect(resumed).toMatchObject({ code: 0, stderr: "" });
    const asked = 3 * frames;
    expect(patient.requests - askedBefore).toBeGreaterThan(0);
    expect(patient.requests - askedBefore).toBeLessThanOrEqual(asked - 36);

    await runCli(...args(patient.spec, "whole.jsonl"));
    expect(await withoutLatency(at("resumed.jsonl"))).toEqual(
      await withoutLatency(at("whole.jsonl")),
    );
    expect((await readdir(folder)).filter((name) => name.startsWith("resumed"))).toEqual([
      "resumed.jsonl",
    ]);
  });

  it("turns a server's nonsense into invalid rewards with a reason, never into numbers", async () => {
    const server = await chatServer((response, request) =>
      request <= 3
        ? say(response, "It is about 23 cm.")
        : void response.end("<html>502 Bad Gateway</html>"),
    );
    const spec = server.spec.replace("#", "?cache=off&retries=0&breaker_after=1000#");
    const output = at("nonsense.jsonl");
    const args = ["annotate", run1, "-t", TASK, "-o", output, "--vlm", spec, "--wait", "0"];
    const result = await runCli(...args);
    expect(result.code).toBe(75);
    expect(result.stderr).toMatch(/transport: .*--resume/s);
    // Some of the first answers may belong to the second image.
    const lines = (await jsonLines(output)).slice(3);
    const raws = lines.flatMap(({ measurements }) =>
      Object.values(measurements as Record<string, { raw: number | null }>).map(({ raw }) => raw),
    );
    expect(raws.every((raw) => raw === null)).toBe(true);
  });

  it("waits for a server that is away for a while, and gives what it gives otherwise", async () => {
    const said = (response: ServerResponse) => say(response, "It is about 23 cm.");
    const steady = await chatServer(said);
    const shaky = await chatServer((response, request) =>
      request % 20 > 2 ? said(response) : void response.destroy(),
    );
    const args = (spec: string, output: string) => {
      const settings = "?cache=off&retries=0&backoff_s=0&breaker_s=0&breaker_after=2#";
      const vlm = spec.replace(/^.*#/, (url) => url.replace("#", settings));
      return ["annotate", run1, "-t", TASK, "--rate", "1", "-o", at(output), "--vlm", vlm];
    };
    // The first requests must get through: a server that was never reached has a wrong address.
    await fetch(shaky.spec.replace("#test-model", "/chat/completions")).catch(() => undefined);
    await fetch(shaky.spec.replace("#test-model", "/chat/completions")).catch(() => undefined);
    const waited = await runCli(...args(shaky.spec, "shaky.jsonl"));
    expect(waited.code).toBe(0);
    expect(waited.stderr).toContain("waiting for the model:");
    expect(await runCli(...args(steady.spec, "steady.jsonl"))).toMatchObject({ code: 0 });
    const rows = async (name: string) =>
      JSON.stringify(await withoutLatency(at(name))).replaceAll(/127\.0\.0\.1:\d+/g, "host");
    expect(await rows("shaky.jsonl")).toBe(await rows("steady.jsonl"));
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ["a wrong key", (response) => void response.writeHead(401).end("no"), /HTTP 401.*SPATIAL/s],
    [
      "an unknown model",
      (response) => void response.writeHead(404).end("{}"),
      /model's name right/,
    ],
    ["another service", (response) => void response.end("<html>"), /is a web page/],
  ])("ends at once at %s, with the reason", async (_, reply, reason) => {
    const server = await chatServer(reply);
    const spec = server.spec.replace("#", "?cache=off&concurrency=1#");
    const result = await runCli("annotate", run1, "-t", TASK, "-o", at("never"), "--vlm", spec);
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toMatch(reason);
    expect(server.requests).toBeLessThan(10);
    expect(await readdir(at("never"))).toEqual([]);
  });

  it("ends at once where nothing listens", async () => {
    const spec = "http://127.0.0.1:9/v1?cache=off&retries=0#m";
    const args = ["annotate", run1, "-t", TASK, "-o", at("dead.jsonl"), "--vlm", spec];
    const result = await runCli(...args);
    expect(result).toMatchObject({ code: 1 });
    expect((await readdir(folder)).filter((name) => name.includes("dead"))).toEqual([]);
  });

  it("passes over what is finished when a run over several recordings is resumed", async () => {
    const server = await chatServer((response) => say(response, "It is about 23 cm."));
    const spec = server.spec.replace("#", "?cache=off#");
    await mkdir(at("several"));
    for (const name of ["a", "b", "c"]) await copyFile(run1, at("several", `${name}.mcap`));
    const out = at("several-out");
    const args = ["annotate", at("several"), "-t", TASK, "--rate", "1", "--vlm", spec, "-o", out];
    const formats = ["--format", "mcap", "jsonl"];
    // As a run that was killed before the last recording leaves it.
    expect(await runCli(...args, ...formats)).toMatchObject({ code: 0 });
    for (const left of ["c", "c.jsonl"]) await rm(join(out, left), { recursive: true });
    const asked = server.requests;
    const resumed = await runCli(...args, ...formats, "--resume");
    expect(resumed).toMatchObject({ code: 0, stderr: "" });
    expect(resumed.stdout).toMatch(/^a: finished by an earlier run\nb: finished by an earlier run/);
    expect(server.requests - asked).toBe(asked / 3);
    const again = await runCli(...args, ...formats, "--resume");
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(server.requests - asked).toBe(asked / 3);
    // An output that was changed is no finished run, and it is somebody's now.
    await writeFile(join(out, "b.jsonl"), "edited");
    await rm(join(out, "b"), { recursive: true });
    const refused = await runCli(...args, ...formats, "--resume");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/b\.jsonl is there already.*--overwrite/);
    const overwritten = await runCli(...args, ...formats, "--resume", "--overwrite");
    expect(overwritten).toMatchObject({ code: 0 });
    expect(server.requests - asked).toBe((2 * asked) / 3);
  });

  it("goes on with the next model of a chain at the end of a budget, and says who answered", async () => {
    const server = await chatServer((response) => say(response, "It is about 23 cm."));
    const spec = server.spec.replace("#", "?cache=off&budget_calls=3#");
    const file = at("model.yaml");
    await writeFile(file, `vlm:\n  - ${spec}\n  - rgbd\n`);
    const output = at("chain.jsonl");
    const result = await runCli("annotate", run1, "-t", TASK, "-o", output, "--vlm", file);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(server.requests).toBe(3);
    expect(result.stdout).toMatch(/answers {2}138 by rgbd, 3 by test-model@/);
    expect(result.stdout).toContain("3 requests");
    expect(result.stdout).toContain("the budget of 3 calls is used up (budget_calls)");
    const models = (await jsonLines(output)).flatMap(({ measurements }) =>
      Object.values(measurements as Record<string, { model: string }>).map(({ model }) => model),
    );
    expect(models.filter((model) => model.startsWith("test-model@"))).toHaveLength(3);
  });

  it("refuses a model file with its line before anything is read", async () => {
    const file = at("wrong.yaml");
    await writeFile(file, "vlm: rgbd\nmin_pixel: 5\n");
    const result = await runCli("annotate", run1, "-t", TASK, "-o", at("no.jsonl"), "--vlm", file);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`${file}:2:1: min_pixel: rgbd has no setting min_pixel`);
  });
});

describe("spatial-reward ask", () => {
  it("measures in the image of a recording at a time", async () => {
    const result = await runCli(
      ...["ask", run1, "How far is the gripper from the red mug?", "--at", "3.2", "--json"],
      ...["--vlm", "rgbd"],
    );
    expect(result).toMatchObject({ code: 0, stderr: "" });
    const said = JSON.parse(result.stdout);
    expect(said).toMatchObject({ kind: "distance", model: "rgbd", value: { shape: "quantity" } });
    const bag = await openBag(run1);
    const { startNs } = bag.info;
    await bag.close();
    const seconds = Number(BigInt(said.stamp_ns) - startNs) / 1e9;
    expect(seconds).toBeLessThanOrEqual(3.2);
    expect(seconds).toBeGreaterThan(3.2 - 0.26);
  });

  it("asks the package's own model where none is named", async () => {
    const question = "How far is the gripper from the red mug?";
    const result = await runCli("ask", run1, question, "--json");
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(result.stdout)).toMatchObject({
      model: expect.stringMatching(/^embedded/),
      value: { shape: "quantity" },
    });
  });

  it("names the objects there are when the question means none of them", async () => {
    const result = await runCli(
      ...["ask", run1, "How far is the gripper from the giraffe?", "--vlm", "rgbd"],
    );
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("giraffe");
    expect(result.stderr).toContain("the red mug");
  });

  it("asks a server about a photo", async () => {
    const photo = at("photo.jpg");
    await sharp({ create: { width: 64, height: 48, channels: 3, background: "gray" } })
      .jpeg()
      .toFile(photo);
    const server = await chatServer((response) => say(response, "About half a meter."));
    const result = await runCli(
      ...["ask", photo, "How far is the gripper from the red mug?"],
      ...["--vlm", server.spec.replace("#", "?cache=off#")],
    );
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toMatch(/50 ± \d+ cm/);
  });

  it("refuses what is no image and no recording", async () => {
    await writeFile(at("broken.jpg"), "not a picture");
    const result = await runCli("ask", at("broken.jpg"), "How far is it?");
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("broken.jpg");
  });
});

describe("spatial-reward", () => {
  it.each([
    [[]],
    [["annotate"]],
    [["ask"]],
    [["demo"]],
    [["bag", "info"]],
    [["task", "check"]],
    [["sim", "record"]],
    [["evaluate", "rewards"]],
  ])("%j --help reads like documentation", async (command) => {
    const { code, stdout } = await runCli(...command, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: spatial-reward ${command.join(" ")}`.trimEnd());
    expect(stdout.length).toBeGreaterThan(300);
  });

  it("exits with 2 on a command line that makes no sense", async () => {
    const { code, stderr } = await startCli(["bag", "info", "x", "--no-such-option"]).done;
    expect(code).toBe(2);
    expect(stderr).toContain("--no-such-option");
  });
});
