export {
  claimOutputs,
  mayReplace,
  OutputKeptError,
  RECORDS,
  SameOutputError,
} from "./claimOutputs.js";
export { clamp } from "./clamp.js";
export { connectedParts } from "./connectedParts.js";
export { contentDigest } from "./contentDigest.js";
export { describeSystemError, messageOf, OutputError, RelayedError, UserError } from "./errors.js";
export { fileIdentity } from "./fileIdentity.js";
export { makeFolder } from "./folders.js";
export { drawPlane, type InversePlane, type InverseSample, planeThrough } from "./inversePlane.js";
export { itemAt, lastOf, valueAt } from "./itemAt.js";
export { isMapping, jsonOrUndefined } from "./json.js";
export { InputKeptError, keepInputs } from "./keepInputs.js";
export { keepNewest } from "./keepNewest.js";
export { inverted, solved } from "./linearSystem.js";
export {
  checkMemory,
  HeldMemory,
  MemoryExceededError,
  MemoryLimitError,
  memoryLimit,
  pieceLimit,
  tooLarge,
} from "./memoryLimit.js";
export { normalDensity } from "./normalDensity.js";
export { OutputFile, OutputPlace, writeWhole } from "./OutputFile.js";
export { OutputBusyError, OutputLock } from "./OutputLock.js";
export { oddStride } from "./oddStride.js";
export { PartialFile } from "./PartialFile.js";
export { packageFile, packageVersion, startWorker } from "./packageFiles.js";
export { noteName, printable } from "./printable.js";
export { Registry } from "./Registry.js";
export { fnv1a, mulberry32, normal, Random, shuffled } from "./random.js";
export { type Line, LineTooLongError, readLines } from "./readLines.js";
export { RESTART_NS } from "./restart.js";
export { loadSharp, sharp } from "./sharp.js";
export { smallestFirst } from "./smallestFirst.js";
export {
  refuseSpecialFile,
  refuseSpecialFileSync,
  refuseSystemFolder,
  SpecialFileError,
} from "./specialFile.js";
export { makeTemporaryFolder, temporaryName, writerOf } from "./temporaries.js";
export { byNumber, closestName, escapeHtml, escapeRegExp } from "./text.js";
export { METRES_IN, nsOf, type RosTime, rosTimeOf, secondsOf, stampOf } from "./units.js";
export * from "./vectors.js";
