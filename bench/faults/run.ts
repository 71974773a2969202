import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../../src/base/index.js";
import { BagWriter, openBag } from "../../src/sources/index.js";
import { cli, kill, race } from "./kills.js";
import { mutate } from "./mutations.js";

/** `npm run faults -- --kills 20 --bags 5000 --seed 7`: see docs/reliability.md. */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "3" },
    bags: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);

/** A recording without its images: small, so that most mutations meet something that matters. */
async function smallOf(path: string, to: string): Promise<string> {
  await using source = await openBag(path);
  const writer = await BagWriter.create(to);
  const topics = source.info.topics.filter(({ type }) => !type.includes("Image"));
  for (const { name, type } of topics) await writer.addTopic({ name, type });
  for await (const { topic, logNs, data } of source.messages({
    topics: topics.map(({ name }) => name),
  })) {
    await writer.writeRaw(topic, logNs, data);
  }
  await writer.close();
  return to;
}

const folder = await mkdtemp(join(tmpdir(), "faults-run-"));
try {
  const recording = join(folder, "run1.mcap");
  const size = ["--size", "160x120", "--rate", "4", "--workers", "0"];
  if ((await cli(["sim", "record", "--seed", "7", ...size, "-o", recording])) !== 0) {
    throw new Error("no recording could be made");
  }
  const killed = await kill(recording, folder, Number(values.kills), new Random(seed, "faults"));
  console.log(
    `kills      ${killed.kills} (${killed.interrupted} before the end), resumed to the same rows; ` +
      `${killed.asked} requests, ${killed.askedWhole} for as many whole runs`,
  );
  const raced = await race(recording, folder, 2);
  console.log("race       2 runs to one output: one has it");
  const small = await smallOf(recording, join(folder, "small.mcap"));
  const mutated = await mutate([small], Number(values.bags), seed);
  console.log(
    `mutations  ${mutated.bags} bags: ${mutated.refused} refused, ${mutated.damaged} with damage told; ` +
      `slowest ${Math.round(mutated.slowestMs)} ms`,
  );
  const defects = [...killed.defects, ...raced, ...mutated.defects];
  for (const defect of defects) console.error(`defect     ${defect}`);
  console.log(defects.length === 0 ? "no defect" : `${defects.length} defects`);
  if (defects.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
