export { chosenCameras } from "./chosenCameras.js";
export * from "./loadTask.js";
export * from "./parseTask.js";
export { kinematicSelection } from "./readRobot.js";
export * from "./Task.js";
export { TaskError, type TaskProblem } from "./TaskError.js";
export { taskFrames } from "./taskFrames.js";
export * from "./taskQuestions.js";
export { taskVariables } from "./taskVariables.js";
