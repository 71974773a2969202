export { inModelThread } from "./inModelThread.js";
export { firstLine, OnnxFolder, processorClass } from "./OnnxFolder.js";
export { OnnxFolderError } from "./OnnxFolderError.js";
export { type OnnxOptions, onnxSettings } from "./onnxSettings.js";
