export { loadPlugins, type Plugin, PluginError, type PluginRegistry } from "./loadPlugins.js";
