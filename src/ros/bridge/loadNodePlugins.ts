import { loadPlugins } from "../../plugins/index.js";
import type { RosNode } from "../RosNode.js";

/**
 * Loads what the parameter `plugins` names, before the bridge starts: models, estimators and
 * outputs that its other parameters may choose.
 *
 * @throws PluginError, ParameterError
 */
export async function loadNodePlugins(node: Pick<RosNode, "declareParameter">): Promise<void> {
  const plugins = node.declareParameter<readonly string[]>({
    name: "plugins",
    defaultValue: [],
    description: "Plugins to load at start: packages or file paths that add models and estimators",
    readOnly: true,
  });
  await loadPlugins(plugins);
}
