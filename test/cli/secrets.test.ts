import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Fleet } from "../../src/cli/fleet/Fleet.js";
import { type ChatServer, chatServer } from "../support/chatServer.js";
import { runCli } from "../support/cli.js";
import { type EchoingServer, echoingServer, leaksOf } from "../support/echoingServer.js";
import { HAS_REDIS, RedisServer } from "../support/redisServer.js";

const TASK = resolve("examples/tasks/pick_and_place.yaml");
const KEY = "sk-Echo9f8e7d6c5b4a3210";
const BASE64 = Buffer.from(KEY).toString("base64");
/** The key as it is, and without what hides its end. */
const FORMS = [KEY, BASE64.slice(0, -3), Buffer.from(KEY).toString("hex")];

describe("an API key that the server repeats wherever it can", () => {
  let folder: string;
  let server: ChatServer;
  const at = (...parts: string[]): string => join(folder, ...parts);
  const asking = () => [
    "-t",
    TASK,
    "--vlm",
    server.spec.replace("#", "?cache=off&retries=0&breaker_after=99#"),
  ];

  beforeAll(async () => {
    vi.stubEnv("SPATIAL_REWARD_API_KEY", KEY);
    folder = await mkdtemp(join(tmpdir(), "secrets-"));
    server = await chatServer((response, request) => {
      response.setHeader("content-type", "application/json").setHeader("x-request-id", KEY);
      if (request % 5 === 3) {
        const error = { message: `wrong: ${KEY}, ${BASE64}`, code: KEY };
        response.writeHead(400).end(JSON.stringify({ error }));
        return;
      }
      const content = `It is about ${20 + (request % 9)} cm (${KEY}, ${BASE64}).`;
      const message = { role: "assistant", content };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      response.end(JSON.stringify({ id: KEY, model: KEY, system_fingerprint: KEY, choices }));
    });
    for (const name of ["a", "b"]) {
      const seed = name === "a" ? "1" : "2";
      const size = ["--size", "64x48", "--rate", "1", "--seed", seed];
      await runCli("sim", "record", ...size, "-o", at(name, `${name}.mcap`));
    }
  }, 120_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  const leaksIn = (text: string) => FORMS.filter((form) => text.includes(form));
  async function leaks(): Promise<string[]> {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile());
    const texts = await Promise.all(
      files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")),
    );
    return files.flatMap(({ name }, i) => (leaksIn(texts[i] ?? "").length > 0 ? [name] : []));
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
      expect(leaksIn(said.stdout + said.stderr)).toEqual([]);
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
        expect(leaksIn(said)).toEqual([]);
        const fleet = await Fleet.open(queue);
        const jobs = await fleet.queue.getJobs();
        expect(jobs.length).toBe(2);
        expect(leaksIn(JSON.stringify(jobs.map((job) => job.asJSON())))).toEqual([]);
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
