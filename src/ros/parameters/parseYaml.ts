import { type CollectionTag, parseDocument, type ScalarTag } from "yaml";

/**
 * YAML as ROS 2 reads parameters: `yes` and `off` are booleans, `1:30` and dates are texts.
 *
 * @throws Error with the line, where it is no YAML
 */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text, {
    schema: "yaml-1.1",
    merge: true,
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !isForeign(tag)),
  });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return document.toJS({ maxAliasCount: 100 });
}

/** Numbers in base 60 and time stamps are no parameter values. */
function isForeign(tag: ScalarTag | CollectionTag): boolean {
  return ("format" in tag && tag.format === "TIME") || tag.tag.endsWith(":timestamp");
}
