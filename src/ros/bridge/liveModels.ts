import { type VlmNotice, workerVlm } from "../../models/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode } from "../RosNode.js";
import type { CreateModel } from "./ModelSlot.js";

/** Makes models of a live stream, each in a worker thread; what becomes of them is logged. */
export function liveModels(node: RosNode, log: LogLimit): CreateModel {
  const tell = (notice: VlmNotice): void => {
    if (notice.kind === "warning") log.log("warn", "model", notice.text);
    else if (notice.doneBytes === notice.totalBytes) {
      const megabytes = (notice.totalBytes / 1e6).toFixed(0);
      node.log("info", `reading the model's files (${megabytes} MB)`);
    }
  };
  return (spec, context) =>
    workerVlm(
      spec,
      { ...context, live: true, onNotice: tell },
      {
        onCrash: ({ message }) => log.log("error", "model crashed", `${message}; it is restarted`),
      },
    );
}
