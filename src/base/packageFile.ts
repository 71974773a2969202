import { existsSync } from "node:fs";

/** The folder of this package. Code in it may be source, or built and gathered in other folders. */
const ROOT = rootAbove(new URL("./", import.meta.url));

/** A file or folder that comes with this package: `packageFile("models/embedded")`. */
export function packageFile(path: string): URL {
  return new URL(path, ROOT);
}

function rootAbove(folder: URL): URL {
  if (existsSync(new URL("package.json", folder))) return folder;
  const above = new URL("../", folder);
  if (above.href === folder.href) throw new Error("the package's own package.json is missing");
  return rootAbove(above);
}
