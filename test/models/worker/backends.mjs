/** Backends that a user could have written: loaded by the worker from this module's URL. */
import { z } from "zod";
import { FrameError } from "../../../dist/camera/index.js";
import { registerVlm } from "../../../dist/models/index.js";

function register(name, ask) {
  registerVlm(name, {
    usage: name,
    summary: "for tests",
    settings: z.object({}),
    create: () => ({
      ...{ id: name, fingerprint: `${name} 1`, concurrency: 3, needs: ["depth"], ask },
      close: async () => {},
    }),
  });
}

function answerOf(question, valueM) {
  const value = { shape: "quantity", valueM, sigmaM: 0.01, ci95M: [valueM, valueM] };
  return { question, text: String(valueM), value, model: "test", latencyMs: 0 };
}

register("sizes", async ({ image, depth, poses }, questions) =>
  questions.map((question) =>
    answerOf(question, image.data.length + (depth?.data.length ?? 0) / 1000 + (poses?.size ?? 0)),
  ),
);

/** Computes without a pause, as native code does. */
register("busy", async (_frame, questions) => {
  const end = performance.now() + 300;
  while (performance.now() < end);
  return questions.map((question) => answerOf(question, 1));
});

register("patient", (_frame, _questions, signal) => {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
});

register("damaged", async () => {
  throw new FrameError("the JPEG is cut off");
});

/** Dies of an image whose first byte says so. */
register("mortal", async ({ image }, questions) => {
  if (image.data[0] === 13) setImmediate(() => process.exit(7));
  if (image.data[0] === 13) await new Promise(() => undefined);
  return questions.map((question) => answerOf(question, 1));
});
