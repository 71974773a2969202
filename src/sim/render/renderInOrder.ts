import { itemAt, startWorker, valueAt } from "../../base/index.js";
import type { RenderedView } from "./CameraView.js";
import { type RenderSetup, SceneRenderer } from "./SceneRenderer.js";

/** A worker's answer; the images' memory is moved, not copied. */
export interface RenderReply {
  readonly index: number;
  readonly views: readonly RenderedView[];
}

/** Images that a worker has waiting beside the one it draws. */
const AHEAD = 2;

/**
 * Draws configurations in order: in worker threads, each with its own MuJoCo, or on this thread
 * where `workers` is 0. The images do not depend on the number of workers, and only a few wait
 * in memory: rendering stops while nobody takes them.
 */
export async function* renderInOrder(
  setup: RenderSetup,
  configurations: readonly Float64Array[],
  workers: number,
): AsyncGenerator<readonly RenderedView[]> {
  if (workers === 0) yield* renderHere(setup, configurations);
  else yield* renderInWorkers(setup, configurations, workers);
}

async function* renderHere(
  setup: RenderSetup,
  configurations: readonly Float64Array[],
): AsyncGenerator<readonly RenderedView[]> {
  const renderer = await SceneRenderer.create(setup);
  try {
    for (const configuration of configurations) {
      yield renderer.render(configuration);
      // An image blocks the thread; others get their turn between two of them.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    renderer.close();
  }
}

async function* renderInWorkers(
  setup: RenderSetup,
  configurations: readonly Float64Array[],
  workers: number,
): AsyncGenerator<readonly RenderedView[]> {
  const pending = new Map<number, PromiseWithResolvers<readonly RenderedView[]>>();
  const pool = Array.from({ length: workers }, () =>
    startWorker("sim/render/renderWorker", { workerData: setup }),
  );
  let failure: Error | undefined;
  const failAll = (error: Error) => {
    failure ??= error;
    for (const { reject } of pending.values()) reject(error);
  };
  for (const worker of pool) {
    worker.on("message", ({ index, views }: RenderReply) => pending.get(index)?.resolve(views));
    worker.on("error", failAll);
    worker.on("exit", (code) => failAll(new Error(`a render worker ended early (${code})`)));
  }
  const send = (index: number) => {
    const configuration = configurations[index];
    if (configuration === undefined) return;
    pending.set(index, withResolvers());
    itemAt(pool, index % workers).postMessage({ index, configuration });
  };
  try {
    const window = workers * AHEAD;
    for (let index = 0; index < window; index++) send(index);
    for (let index = 0; index < configurations.length; index++) {
      const views = await valueAt(pending, index).promise;
      pending.delete(index);
      // What is sent to a worker that has died is never answered.
      if (failure) throw failure;
      send(index + window);
      yield views;
    }
  } finally {
    for (const worker of pool) worker.removeAllListeners("exit");
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // A failure of one image ends the run at the next one awaited; the others are not unheard.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
