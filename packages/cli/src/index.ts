/** The `paperzoo` command as a function, and the discovery of plugins that it uses. Importing runs nothing. */
export { main } from './main';
export { findPlugins, type FindOptions } from './plugins/find-plugins';
export type { BrokenPlugin, FoundPlugin, PluginSet } from './plugins/plugin-set';
