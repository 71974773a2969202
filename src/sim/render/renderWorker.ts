import { parentPort, workerData } from "node:worker_threads";
import type { RenderReply } from "./renderInOrder.js";
import { type RenderSetup, SceneRenderer } from "./SceneRenderer.js";

const port = parentPort;
if (port === null) throw new Error("renderWorker runs in a worker thread only");

const renderer = SceneRenderer.create(workerData as RenderSetup);

port.on("message", async (job: { index: number; configuration: Float64Array }) => {
  const views = (await renderer).render(job.configuration);
  const reply: RenderReply = { index: job.index, views };
  const buffers = views.flatMap(({ rgb, depthM, labels }) => [
    rgb.buffer as ArrayBuffer,
    depthM.buffer as ArrayBuffer,
    labels.buffer as ArrayBuffer,
  ]);
  port.postMessage(reply, buffers);
});
