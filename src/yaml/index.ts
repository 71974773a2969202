export { describeProblems, type YamlProblem } from "./YamlProblem.js";
export { type Aspect, type FieldPath, type YamlFileSort, YamlSource } from "./YamlSource.js";
