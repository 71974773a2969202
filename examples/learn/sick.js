// A vision-language model with the disease of figure 5 of the SpatialVLM paper, as a plugin: of
// lengths it says max(0.57 x + 6 cm, 11 cm) with 25 % noise, in whole centimetres; one answer in ten
// is a refusal, three in a hundred are about something else. It looks at no pixels: the length that
// it says badly comes from the simulator's poses (`poses` of the frame). `exact=true` says it as it
// is: the reward of the true distance, through the same code.
//
//   spatial-reward calibrate runs/ -t examples/learn/tasks/calibrate.yaml --plugin ./examples/learn/sick.js --vlm sick --truth kinematics -o calibration.yaml

import { createHash } from "node:crypto";
import { z } from "zod";

const flag = z.enum(["true", "false"]).transform((word) => word === "true");

/** @type {import("spatial-reward-bridge").Plugin["setup"]} */
export function setup(registry) {
  registry.model("sick", {
    usage: "sick[?exact=true]",
    summary: "says the simulator's true lengths, badly: for experiments",
    settings: z.object({
      exact: flag.default(false).describe("says lengths as they are"),
      reliability: flag
        .default(true)
        .describe("says of its answers that they are a language model's; false: they are believed"),
      seed: z.coerce.number().int().default(1).describe("seed of the noise"),
    }),
    create: ({ exact, reliability, seed }) => ({
      id: exact ? "exact" : "sick",
      fingerprint: `sick 3 ${JSON.stringify({ exact, reliability, seed })}`,
      concurrency: 1,
      needs: ["poses"],
      async ask(frame, questions) {
        return questions.map((question) => {
          const trueM = lengthOf(frame, question);
          const common = { question, model: exact ? "exact" : "sick", latencyMs: 0 };
          if (trueM === undefined) {
            return refused(common, "no_object", "one of the two has no pose");
          }
          if (exact) return said(common, trueM, 1e-4);
          const draws = drawsOf(`${seed} ${frame.stampNs} ${question.text} ${trueM}`);
          if (draws.kind < 0.1) return refused(common, "unclear", "I can't determine that.");
          const aboutM = draws.kind < 0.13 ? 0.05 + 0.55 * draws.other : trueM;
          const noisyM = Math.max(0.57 * aboutM + 0.06, 0.11) * Math.exp(0.25 * draws.normal);
          const roundedM = Math.max(Math.round(noisyM * 100), 1) / 100;
          return {
            // Its sigma is that of the rounding, as for all words: `reliability` says the rest.
            ...said(common, roundedM, 0.01 / Math.sqrt(12)),
            ...(reliability && {
              reliability: { relativeSigma: 0.5, absoluteSigmaM: 0.08, wildShare: 0.1 },
            }),
          };
        });
      },
      async close() {},
    }),
  });
}

/** Metres; of the two kinds that the tasks ask for. Up is that of the table. */
function lengthOf({ poses }, { kind, subject, object }) {
  const at = (ref) => {
    const found = poses?.get(ref?.frame);
    return found?.ok ? found.pose.position : undefined;
  };
  const [a, b] = [at(subject), at(object)];
  if (!a || !b) return undefined;
  const way = a.map((value, axis) => value - b[axis]);
  if (kind === "distance") return Math.hypot(...way);
  if (kind !== "horizontal_distance") return undefined;
  const table = poses.get("table");
  if (!table?.ok) return undefined;
  const up = upOf(table.pose.rotation);
  const rise = way[0] * up[0] + way[1] * up[1] + way[2] * up[2];
  return Math.sqrt(Math.max(0, Math.hypot(...way) ** 2 - rise ** 2));
}

/** The z axis of a frame with this rotation (x, y, z, w). */
function upOf([x, y, z, w]) {
  return [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)];
}

function said(common, valueM, sigmaM) {
  return { ...common, text: `${valueM} m`, value: { shape: "quantity", valueM, sigmaM } };
}

function refused(common, reason, detail) {
  return { ...common, text: detail, refusal: { reason, detail } };
}

/** Numbers that look random and depend on the words alone. */
function drawsOf(words) {
  const bytes = createHash("sha256").update(words).digest();
  const uniform = (at) => (bytes.readUInt32LE(at) + 0.5) / 2 ** 32;
  const normal = Math.sqrt(-2 * Math.log(uniform(8))) * Math.cos(2 * Math.PI * uniform(12));
  return { kind: uniform(0), other: uniform(4), normal };
}
