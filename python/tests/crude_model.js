// A plugin whose model says 30 cm of every length, roughly, and knows that it is rough: only what the
// robot tells of itself can improve it.
import { z } from "zod";

/** @type {import("spatial-reward-bridge").Plugin["setup"]} */
export function setup(registry) {
  registry.model("crude", {
    usage: "crude",
    summary: "says 30 cm of every length: for tests",
    settings: z.object({}),
    create: () => ({
      ...{ id: "crude", fingerprint: "crude 1", concurrency: 1, needs: [] },
      async ask(_frame, questions) {
        return questions.map((question) => ({
          ...{ question, model: "crude", latencyMs: 0, text: "30 cm" },
          value: { shape: "quantity", valueM: 0.3, sigmaM: 0.003 },
          reliability: { relativeSigma: 0.5, absoluteSigmaM: 0.08, wildShare: 0.1 },
        }));
      },
      async close() {},
    }),
  });
}
