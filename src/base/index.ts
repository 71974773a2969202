export { closestName } from "./closestName.js";
export { OutputError, RelayedError, UserError } from "./errors.js";
export { escapeHtml } from "./escapeHtml.js";
export { METRES_IN } from "./metresIn.js";
export { PartialFile, renameDurably } from "./PartialFile.js";
export { Registry } from "./Registry.js";
export { mulberry32, Random, shuffled } from "./random.js";
export { startWorker } from "./startWorker.js";
export * from "./vectors.js";
