import { z } from "zod";

/** A model that says 20 cm at once: what is measured with it is the server. */
export function setup(registry) {
  registry.model("null", {
    usage: "null",
    summary: "says 20 cm at once",
    settings: z.object({}),
    create: () => ({
      ...{ id: "null", fingerprint: "null", concurrency: 1, needs: [], uses: [] },
      ask: async (_frame, questions) =>
        questions.map((question) => ({
          ...{ question, model: "null", latencyMs: 0, text: "0.2 m" },
          value: { shape: "quantity", valueM: 0.2, sigmaM: 0.005 },
        })),
      close: async () => {},
    }),
  });
}
