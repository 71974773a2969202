import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fleet } from "../../../src/cli/fleet/Fleet.js";
import { atFleetRate, limitRequests } from "../../../src/cli/fleet/RequestRate.js";
import { greyFrame, howFar, never } from "../../models/endpoint/builders.js";
import { type ChatServer, chatServer, say } from "../../support/chatServer.js";
import { runCli } from "../../support/cli.js";
import { scriptedVlm } from "../../support/models.js";
import { HAS_REDIS, RedisServer } from "../../support/redisServer.js";

const TASK = resolve("examples/tasks/pick_and_place.yaml");
const MAIN = resolve("dist/cli/main.js");

// Without redis-server these tests are skipped, and vitest says so.
describe.skipIf(!HAS_REDIS)("fleet", () => {
  let folder: string;
  let redis: RedisServer;
  let server: ChatServer;
  let spec: string;
  /** Resolves the n-th request; all before are answered at once. */
  let gate: { readonly at: number; readonly reached: () => void; readonly open: Promise<void> };
  const at = (...parts: string[]): string => join(folder, ...parts);
  const queue = (name: string) => ["--redis", redis.url, "--queue", name];
  const annotation = () => ["-t", TASK, "--vlm", spec, "--rate", "1", "--format", "jsonl"];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fleet-"));
    redis = await RedisServer.start();
    gate = { at: 0, reached: () => undefined, open: Promise.resolve() };
    server = await chatServer(async (response, request) => {
      if (request === gate.at) {
        gate.reached();
        await gate.open;
      }
      say(response, "It is about 23 cm.");
    });
    spec = server.spec.replace("#", "?cache=off&concurrency=1#");
    await mkdir(at("runs"));
    await runCli("sim", "record", "--size", "64x48", "--rate", "1", "-o", at("runs", "a.mcap"));
    await rm(at("runs", ".spatial-reward"), { recursive: true });
    await rm(at("runs", "metadata.yaml"), { force: true });
    for (const name of ["b", "c"]) await cp(at("runs", "a.mcap"), at("runs", `${name}.mcap`));
    await runCli("annotate", at("runs"), ...annotation(), "-o", at("whole"));
  }, 120_000);
  afterAll(async () => {
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Latency is measured anew in each run. */
  const rowsIn = async (out: string) => {
    const names = (await readdir(out)).filter((name) => name.endsWith(".jsonl")).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(out, name), "utf8")));
    return texts.map((text) => text.replaceAll(/"latency_ms":[\d.]+/g, ""));
  };
  const submit = (name: string) =>
    runCli("fleet", "submit", at("runs"), ...annotation(), "-o", at(name), ...queue(name));
  const drain = (name: string) =>
    runCli("fleet", "work", "--until-empty", "--stall-after", "2", ...queue(name));
  const startWorker = (name: string) =>
    spawn(process.execPath, [MAIN, "fleet", "work", "--stall-after", "2", ...queue(name)]);

  /** Lets the n-th request from now wait, and resolves when it is there. */
  function holdAt(requests: number): {
    readonly arrived: Promise<void>;
    readonly open: () => void;
  } {
    let open = () => {};
    let reached = () => {};
    const arrived = new Promise<void>((done) => {
      reached = done;
    });
    const opened = new Promise<void>((done) => {
      open = done;
    });
    gate = { at: server.requests + requests, reached, open: opened };
    return { arrived, open };
  }

  it("annotates what was submitted as annotate does, once", async () => {
    expect((await submit("plain")).stdout).toBe("plain: 3 recordings added\n");
    expect((await submit("plain")).stdout).toBe("plain: 0 recordings added, 3 are in it already\n");
    const before = server.requests;
    expect(await drain("plain")).toMatchObject({ code: 0, stderr: "" });
    expect(await rowsIn(at("plain"))).toEqual(await rowsIn(at("whole")));
    const asked = server.requests - before;
    expect((await submit("plain")).stdout).toBe("plain: 0 recordings added, 3 are done\n");
    await drain("plain");
    expect(server.requests - before).toBe(asked);
    const status = await runCli("fleet", "status", ...queue("plain"));
    expect(status.stdout).toContain("plain: 3 of 3 jobs done, 0 in work");
  }, 120_000);

  it("asks about slices of a recording in jobs of their own, to the same rows", async () => {
    const before = server.requests;
    const words = [...annotation(), "-o", at("sliced"), "--slice", "4s", ...queue("sliced")];
    expect(await runCli("fleet", "submit", at("runs", "a.mcap"), ...words)).toMatchObject({
      code: 0,
    });
    const waiting = JSON.parse(
      (await runCli("fleet", "status", "--json", ...queue("sliced"))).stdout,
    );
    // Three slices, and the recording that waits for them.
    expect(waiting).toMatchObject({ waiting: 4 });
    const worker = startWorker("sliced");
    const drained = await drain("sliced");
    worker.kill("SIGTERM");
    expect(drained).toMatchObject({ code: 0, stderr: "" });
    expect(await rowsIn(at("sliced"))).toEqual((await rowsIn(at("whole"))).slice(0, 1));
    // Each image is asked about once.
    const images = (await rowsIn(at("whole")))[0]?.split("\n").length ?? 0;
    expect(server.requests - before).toBe(3 * (images - 1));
    expect((await readdir(at("sliced"))).filter((name) => name !== ".spatial-reward")).toEqual([
      "a.jsonl",
    ]);
  }, 120_000);

  it("takes over what a killed worker had, and asks nothing twice but what was on its way", async () => {
    await submit("killed");
    const before = server.requests;
    const held = holdAt(5);
    const worker = startWorker("killed");
    const ended = new Promise((done) => worker.on("exit", done));
    await held.arrived;
    worker.kill("SIGKILL");
    await ended;
    held.open();
    expect(await drain("killed")).toMatchObject({ code: 0 });
    expect(await rowsIn(at("killed"))).toEqual(await rowsIn(at("whole")));
    const whole = (await rowsIn(at("whole"))).join("").split("\n").length - 1;
    // The journal has whole images: at most the questions of one are asked again.
    const perImage = 3;
    expect(server.requests - before).toBeLessThanOrEqual(whole * perImage + perImage);
    expect((await readdir(at("killed"))).filter((name) => name.includes("partial"))).toEqual([]);
  }, 120_000);

  it("gives its recording back at once where it is stopped, and goes on after Redis was killed", async () => {
    await submit("stopped");
    const held = holdAt(5);
    const worker = startWorker("stopped");
    const ended = new Promise<number | null>((done) => worker.on("exit", done));
    await held.arrived;
    worker.kill("SIGTERM");
    held.open();
    expect(await ended).toBe(130);
    const again = holdAt(5);
    const drained = drain("stopped");
    await again.arrived;
    await redis.kill();
    await redis.begin();
    again.open();
    expect(await drained).toMatchObject({ code: 0 });
    expect(await rowsIn(at("stopped"))).toEqual(await rowsIn(at("whole")));
  }, 120_000);

  it("keeps what cannot be annotated with its reason, and tries it again when it is submitted again", async () => {
    const whole = await readFile(at("runs", "b.mcap"));
    await submit("dead");
    await writeFile(at("runs", "b.mcap"), "no recording");
    expect(await drain("dead")).toMatchObject({ code: 0 });
    const { stdout } = await runCli("fleet", "status", "--json", ...queue("dead"));
    const status = JSON.parse(stdout) as {
      done: number;
      dead: { reason: string; tries: number }[];
    };
    expect(status).toMatchObject({ done: 2, failed: 1, dead: [{ tries: 1 }] });
    expect(status.dead[0]?.reason).toContain("b.mcap");
    await writeFile(at("runs", "b.mcap"), whole);
    expect((await submit("dead")).stdout).toContain(
      "1 that had failed are tried again, 2 are done",
    );
    await drain("dead");
    expect(await rowsIn(at("dead"))).toEqual(await rowsIn(at("whole")));
  }, 120_000);

  it("does not write over what somebody else has there", async () => {
    await mkdir(at("taken"));
    await writeFile(at("taken", "b.jsonl"), "his");
    const refused = await submit("taken");
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain("b.jsonl is there already");
  });

  it("spaces the requests of all workers together", async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => Fleet.open({ redis: redis.url, queue: "paced" })),
    );
    if (!one || !two) return;
    // A place each 5 ms.
    await limitRequests(one.redis, "paced", 12_000);
    const asked: number[] = [];
    const models = [one, two].map((fleet) =>
      atFleetRate(
        scriptedVlm(() => {
          asked.push(performance.now());
          return 0.2;
        }),
        fleet.redis,
        "paced",
      ),
    );
    const frame = await greyFrame();
    const startMs = performance.now();
    await Promise.all(
      models.flatMap((vlm) =>
        [1, 2, 3, 4, 5].map(() => vlm.ask(frame, [howFar(), howFar()], never)),
      ),
    );
    // Ten times two questions: the last one begins after 18 places. It may begin later, never earlier.
    expect(asked).toHaveLength(20);
    expect(Math.max(...asked) - startMs).toBeGreaterThanOrEqual(85);
    await Promise.all([one.close(), two.close()]);
  });
});

describe("fleet without a server", () => {
  it.each([
    ["redis://127.0.0.1:1", "redis://127.0.0.1:1: no Redis or Valkey server answers"],
    ["redis://:secret@127.0.0.1:1", "redis://127.0.0.1:1: no Redis"],
    ["127.0.0.1:6379", "write redis://HOST:PORT"],
  ])("says what is missing at %s, without a password", async (url, message) => {
    const { code, stderr } = await runCli("fleet", "status", "--redis", url);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("secret");
  });
});
