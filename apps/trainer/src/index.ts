export { type Health, openHealth } from "./health.ts";
export { type Environment, readSettings, type Settings, SettingsError } from "./settings.ts";
export { start } from "./start.ts";
