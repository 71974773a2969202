import { create, parseDependencies } from "mathjs/number";

/** mathjs' parser, and of mathjs only what parsing needs. The build bundles it into mathjs.cjs. */
export const { parse } = create({ ...parseDependencies });
