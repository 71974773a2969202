import { findSourceMap } from "node:module";

const { prepareStackTrace } = Error;

/**
 * Vite tells the places of tests in stack traces. Those in `src/`, which Node loads itself, are told
 * here, by the maps that tsx gave Node.
 */
function withPlacesInSrc(error: Error, stack: NodeJS.CallSite[]): string {
  const trace = String(prepareStackTrace?.(error, stack) ?? error.stack);
  return trace.replaceAll(/(file:\S+\/src\/\S+):(\d+):(\d+)/g, (place, file, line, column) => {
    const found = findSourceMap(file)?.findEntry(line - 1, column - 1);
    if (found === undefined || !("originalLine" in found)) return place;
    return `${file}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  });
}

// Once for a process, which has several files.
if (prepareStackTrace?.name !== withPlacesInSrc.name) Error.prepareStackTrace = withPlacesInSrc;
