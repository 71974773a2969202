import { parentPort, workerData } from "node:worker_threads";
import "../backends.js";
import { createVlm } from "../createVlm.js";
import { setUpModels } from "../registerVlm.js";
import type { SpatialVlm } from "../SpatialVlm.js";
import { type FromWorker, type ToWorker, toPlainError, type WorkerJob } from "./messages.js";

const port = parentPort;
if (port === null) throw new Error("vlmWorker runs in a worker thread only");

const { spec, modules, live } = workerData as WorkerJob;
const running = new Map<number, AbortController>();
const reply = (message: FromWorker): void => port.postMessage(message);

const making = makeVlm();
making.then(
  ({ id, fingerprint, concurrency, needs, uses, remembers }) => {
    const parts = { needs: [...needs], ...(uses && { uses: [...uses] }) };
    const memory = remembers === undefined ? {} : { remembers };
    reply({ kind: "ready", traits: { id, fingerprint, concurrency, ...parts, ...memory } });
  },
  (error: unknown) => reply({ kind: "unmade", error: toPlainError(error) }),
);

port.on("message", async (message: ToWorker) => {
  switch (message.kind) {
    case "ask":
      return ask(message);
    case "abort":
      return running.get(message.id)?.abort();
    case "close":
      await making.then((vlm) => vlm.close()).catch(() => undefined);
      return reply({ kind: "closed" });
  }
});

async function makeVlm(): Promise<SpatialVlm> {
  for (const module of modules) await setUpModels(module);
  return createVlm(spec, { live, onNotice: (notice) => reply({ kind: "notice", notice }) });
}

async function ask({ id, frame, questions }: ToWorker & { kind: "ask" }): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const vlm = await making;
    // A model may compute for long without a pause: let an abort that came meanwhile be seen first.
    await new Promise((resolve) => setImmediate(resolve));
    controller.signal.throwIfAborted();
    const answers = await vlm.ask(frame, questions, controller.signal);
    reply({ kind: "answers", id, answers });
  } catch (error) {
    reply({ kind: "failed", id, error: toPlainError(error) });
  } finally {
    running.delete(id);
  }
}
