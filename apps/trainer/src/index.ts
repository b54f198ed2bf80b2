export { start } from "./start.ts";
export { SettingError, type TrainerSettings, trainerSettings } from "./trainer-settings.ts";
