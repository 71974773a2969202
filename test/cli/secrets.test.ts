import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Fleet } from "../../src/cli/fleet/Fleet.js";
import { runCli } from "../support/cli.js";
import { type EchoingServer, echoingServer, KEY, leaksOf } from "../support/echoingServer.js";
import { HAS_REDIS, RedisServer } from "../support/redisServer.js";

const TASK = resolve("examples/tasks/pick_and_place.yaml");

describe("an API key in every disguise, in answers that a run goes on with", () => {
  let folder: string;
  let server: EchoingServer;
  const at = (...parts: string[]): string => join(folder, ...parts);
  const asking = () => [
    "-t",
    TASK,
    "--vlm",
    `${server.url}?cache=off&retries=0&breaker_after=9999#m`,
  ];

  beforeAll(async () => {
    vi.stubEnv("SPATIAL_REWARD_API_KEY", KEY);
    folder = await mkdtemp(join(tmpdir(), "secrets-"));
    server = await echoingServer(KEY, true);
    for (const name of ["a", "b"]) {
      const seed = name === "a" ? "1" : "2";
      const size = ["--size", "64x48", "--rate", "1", "--seed", seed];
      await runCli("sim", "record", ...size, "-o", at(name, `${name}.mcap`));
    }
  }, 120_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function leaks(): Promise<string[]> {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile());
    const texts = await Promise.all(
      files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")),
    );
    return files.flatMap(({ name }, i) => (leaksOf(texts[i] ?? "").length > 0 ? [name] : []));
  }

  it.each([
    ["annotate", () => ["a", "--format", "jsonl", "csv", "html", "parquet", "mcap", "svg"], "out"],
    ["calibrate", () => ["a", "b", "--report", at("c.html")], "c.yaml"],
    ["export", () => ["a", "--to", "parquet", "--fps", "1", "--action", "next-state"], "table"],
    ["export", () => ["a", "--to", "robomimic", "--fps", "1", "--action", "next-state"], "t.hdf5"],
  ])(
    "is in no output of %s",
    async (command, words, output) => {
      const args = words().map((word) =>
        ["a", "b"].includes(word) ? at(word, `${word}.mcap`) : word,
      );
      const said = await runCli(command, ...args, ...asking(), "--wait", "0", "-o", at(output));
      expect(said).toMatchObject({ code: 0 });
      expect(leaksOf(said.stdout + said.stderr)).toEqual([]);
      expect(await leaks()).toEqual([]);
    },
    120_000,
  );

  it.skipIf(!HAS_REDIS)(
    "is not in a fleet's queue, its failures or its outputs",
    async () => {
      const redis = await RedisServer.start();
      try {
        const queue = { redis: redis.url, queue: "secrets" };
        const words = ["--redis", redis.url, "--queue", "secrets"];
        const out = ["-o", at("fleet"), "--format", "jsonl", "--attempts", "1", "--wait", "0"];
        await runCli("fleet", "submit", at("a"), at("b"), ...asking(), ...out, ...words);
        const worked = await runCli("fleet", "work", "--until-empty", ...words);
        const status = await runCli("fleet", "status", ...words);
        const said = worked.stdout + worked.stderr + status.stdout;
        expect(leaksOf(said)).toEqual([]);
        const fleet = await Fleet.open(queue);
        const jobs = await fleet.queue.getJobs();
        expect(jobs.length).toBe(2);
        expect(leaksOf(JSON.stringify(jobs.map((job) => job.asJSON())))).toEqual([]);
        await fleet.close();
        expect(await leaks()).toEqual([]);
      } finally {
        await redis.stop();
      }
    },
    120_000,
  );
});

describe("an API key in every disguise, at every place of a reply", () => {
  let folder: string;
  let server: EchoingServer;
  const at = (name: string): string => join(folder, name);
  const spec = (more = "") => `${server.url}?cache=off&retries=0&breaker_after=9999${more}#m`;

  beforeAll(async () => {
    vi.stubEnv("SPATIAL_REWARD_API_KEY", KEY);
    folder = await mkdtemp(join(tmpdir(), "disguises-"));
    server = await echoingServer(KEY);
    const size = ["--size", "64x48", "--rate", "1", "--seed", "1"];
    await runCli("sim", "record", ...size, "-o", at("a.mcap"));
  }, 120_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const question = "How far is the gripper from the red mug?";
  const task = ["-t", TASK];
  const commands: readonly (readonly [string, number, () => readonly string[]])[] = [
    ["ask", 23, () => [at("a.mcap"), question, ...task, "--vlm", spec(), "--json"]],
    ["doctor", 2, () => [at("a.mcap"), ...task, "--vlm", spec()]],
    [
      "reason",
      12,
      () => [
        ...[at("a.mcap"), question, ...task, "--vlm", spec(), "--llm", spec(), "--turns", "4"],
        ...["-o", at("transcript.json"), "--overwrite"],
      ],
    ],
    [
      "annotate",
      4,
      () => [
        ...[at("a.mcap"), ...task, "--vlm", spec(), "--wait", "0", "--overwrite"],
        ...["--rate", "0.5", "-o", at("out"), "--format", "jsonl", "html", "mcap"],
      ],
    ],
  ];

  it.each(commands)("is in nothing that %s says or writes", async (command, runs, words) => {
    for (let i = 0; i < runs; i++) {
      const { stdout, stderr } = await runCli(command, ...words());
      expect(leaksOf(stdout + stderr, KEY)).toEqual([]);
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name === "a.mcap") continue;
        const text = await readFile(join(entry.parentPath, entry.name), "utf8");
        expect(leaksOf(text, KEY), entry.name).toEqual([]);
      }
    }
  });
});
