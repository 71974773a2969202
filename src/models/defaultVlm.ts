/** The spec of the model that is asked where nobody names one: it comes with the package. */
export const DEFAULT_VLM = "embedded";
