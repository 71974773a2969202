import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeServer, says } from "./endpoint/FakeServer.js";
import { modelFolder } from "./local/folders.js";

const DOOR = pathToFileURL(resolve(import.meta.dirname, "../../dist/models/index.js")).href;

/** What a program says that asks a model one question and forgets to close it. */
const PROGRAM = `
  import { createVlm, workerVlm } from ${JSON.stringify(DOOR)};
  const image = { kind: "raw", width: 64, height: 48, encoding: "rgb8", step: 192,
    isBigEndian: false, data: new Uint8Array(64 * 48 * 3) };
  const frame = { stampNs: 1n, camera: "front", frameId: "optical", episode: "", image };
  const mug = { name: "mug", phrase: "the red mug" };
  const question = { kind: "width", subject: mug, text: "How wide is the red mug?" };
  const vlm = await MAKE;
  const [answer] = await vlm.ask(frame, [question], new AbortController().signal);
  console.log(answer.model, "is done");
`;

let server: FakeServer;
beforeAll(async () => {
  server = await FakeServer.start();
});
afterAll(() => server.stop());

function run(make: string): Promise<{ code: number | null; output: string }> {
  const program = PROGRAM.replace("MAKE", make);
  // The options are those of the program: the threads of a model must not take them over.
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const take = (bytes: Buffer) => {
    output += bytes.toString();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const timer = setTimeout(() => child.kill("SIGKILL"), 100_000);
  return new Promise((resolveRun) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      resolveRun({ code, output });
    });
  });
}

describe("a program that does not close its model", () => {
  it.each([
    ['createVlm("embedded")', "embedded-6"],
    ['createVlm("embedded?threads=1")', "embedded-6"],
    ['createVlm("rgbd")', "rgbd"],
    ['workerVlm("rgbd")', "rgbd"],
    ['workerVlm("embedded?threads=2")', "embedded-6"],
    [`createVlm("${modelFolder("smolvlm")}?max_tokens=4")`, "smolvlm"],
  ])("ends: %s", async (make, model) => {
    expect(await run(make)).toEqual({ code: 0, output: `${model} is done\n` });
  });

  it("ends after it has asked a server", async () => {
    server.next(says("9 cm"));
    const { code, output } = await run(`createVlm("${server.url}#m?cache=off")`);
    expect({ code, output }).toEqual({ code: 0, output: `m@${server.host} is done\n` });
  });
});
