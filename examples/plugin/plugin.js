// A plugin of spatial-reward-bridge. Load it with
//
//   spatial-reward annotate sim?seed=7 -t pick.yaml --plugin ./examples/plugin/plugin.js \
//     --vlm constant?metres=0.3 -o out.md
// It needs only the registry that it receives, and so does not import the bridge. In TypeScript,
// `import type { Plugin } from "spatial-reward-bridge"` gives the types.

import { writeFile } from "node:fs/promises";
import { z } from "zod";

/** @type {import("spatial-reward-bridge").Plugin["setup"]} */
export function setup(registry) {
  registry.model("constant", {
    usage: "constant[?metres=0.5]",
    summary: "gives the same length for every question: a baseline",
    settings: z.object({
      metres: z.coerce.number().positive().default(0.5).describe("the length of every answer, m"),
    }),
    create: ({ metres }) => ({
      id: "constant",
      fingerprint: `constant ${metres}`,
      concurrency: 1,
      needs: [],
      async ask(_frame, questions) {
        return questions.map((question) => ({
          ...{ question, model: "constant", latencyMs: 0, text: `${metres} m` },
          value: { shape: "quantity", valueM: metres, sigmaM: 0.01 },
        }));
      },
      async close() {},
    }),
  });

  // Uses the last answer without filtering.
  registry.estimator("last_answer", (task) => {
    const measure = (answers, reason) =>
      task.measurements.map(({ name }, i) => {
        const answer = answers[i];
        const value = answer?.value?.shape === "quantity" ? answer.value.valueM : null;
        const sigma = value === null ? null : answer.value.sigmaM;
        const why = value === null ? reason || answer?.refusal?.detail || "no length" : "";
        return {
          ...{ name, value, sigma, raw: value, rawSigma: sigma, unit: "m" },
          ...{ question: answer?.question, answer: answer?.text ?? "" },
          ...{ validity: value === null ? "invalid" : "ok", reason: why },
        };
      });
    return {
      observe: (_frame, answers) => measure(answers, ""),
      miss: (_frame, reason) => measure([], reason),
    };
  });

  // Rewards as a Markdown table.
  registry.sink("md", {
    summary: "Markdown table",
    async open(path, { task }) {
      const rows = ["| time, s | reward |", "| --- | --- |"];
      let firstNs;
      return {
        path,
        async write({ reward }) {
          firstNs ??= reward.stampNs;
          const seconds = Number(reward.stampNs - firstNs) / 1e9;
          rows.push(`| ${seconds.toFixed(1)} | ${reward.reward?.toFixed(3) ?? reward.reason} |`);
        },
        close: () => writeFile(path, `# ${task.name}\n\n${rows.join("\n")}\n`),
        async abort() {},
      };
    },
  });

  // Two seconds of grey images: `grey:` stands for any device of your own.
  registry.source("grey", {
    usage: "grey:NAME",
    summary: "grey images, for testing",
    claims: async (spec) => spec.startsWith("grey:"),
    nameOf: (spec) => spec.slice("grey:".length),
    async open(spec) {
      const name = spec.slice("grey:".length);
      const [width, height] = [64, 48];
      const data = new Uint8Array(3 * width * height).fill(128);
      const size = { width, height, step: 3 * width, isBigEndian: false };
      const info = { path: spec, name, identity: spec, startNs: 0n, endNs: 1_900_000_000n };
      const close = async () => {};
      return {
        info: { ...info, damage: [] },
        cameras: () => [{ name: "grey", color: "grey" }],
        expectedFrames: () => 20,
        async *frames() {
          for (let i = 0; i < 20; i++) {
            const image = { kind: "raw", encoding: "rgb8", ...size, data };
            const stampNs = BigInt(i) * 100_000_000n;
            yield { camera: "grey", stampNs, frameId: "grey", episode: name, image };
          }
        },
        close,
        [Symbol.asyncDispose]: close,
      };
    },
  });
}
