import { resolve } from "node:path";
import { expect, it } from "vitest";
import { checkVlmSpec } from "../../../src/models/index.js";
import { loadNodePlugins } from "../../../src/ros/index.js";
import { InMemoryRos } from "../../support/InMemoryRos.js";

const EXAMPLE = resolve(import.meta.dirname, "../../../examples/plugin/plugin.js");

function nodeWith(value: readonly string[]) {
  return new InMemoryRos().node("/bridge", [
    { node: "/**", name: "plugins", value, origin: "test" },
  ]);
}

it("a node loads the plugins that its parameter names, before it makes a model", async () => {
  await loadNodePlugins(nodeWith([EXAMPLE]));
  expect(() => checkVlmSpec("constant?metres=0.2")).not.toThrow();
});

it("a node without plugins loads none", async () => {
  await expect(loadNodePlugins(new InMemoryRos().node("/bridge"))).resolves.toBeUndefined();
});

it("a node says which plugin cannot be loaded", async () => {
  await expect(loadNodePlugins(nodeWith(["no-such-package"]))).rejects.toThrow("no-such-package");
});
