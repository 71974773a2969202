/**
 * Whether a key of a parameter file (or `-p node:name:=value`) speaks of a node. `/**` stands for
 * any number of names, `/*` for one. A bare name speaks of the nodes of that name in every
 * namespace, so that one file serves several robots.
 *
 * @param fullName `/robot1/spatial_reward`
 */
export function matchesNode(key: string, fullName: string): boolean {
  if (!key.includes("/")) return key === fullName.slice(fullName.lastIndexOf("/") + 1);
  const absolute = key.startsWith("/") ? key : `/${key}`;
  const pattern = absolute
    .split("/")
    .slice(1)
    .map((part) => {
      if (part === "**") return "(/\\w+)*";
      return `/${part.split("*").map(escaped).join("\\w+")}`;
    })
    .join("");
  return new RegExp(`^${pattern}$`).test(fullName);
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, "\\$&");
}
