export {
  describeProblems,
  type FieldPath,
  type YamlFileSort,
  type YamlProblem,
  YamlSource,
} from "./YamlSource.js";
