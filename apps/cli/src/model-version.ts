import { isModelName, parseRelease } from "@plimsoll/manifest";
import { CliError } from "./error.ts";

/** `<model>` or `<model>@<version>`, taken apart. */
export interface ModelVersion {
  readonly model: string;
  readonly version: string | undefined;
}

/** @throws CliError `E_USAGE` for what is no model's name or no version's. */
export function parseModelVersion(text: string): ModelVersion {
  const at = text.indexOf("@");
  const model = at < 0 ? text : text.slice(0, at);
  const version = at < 0 ? undefined : text.slice(at + 1);
  if (!isModelName(model)) {
    throw new CliError(
      "E_USAGE",
      `"${text}": a model's name is lower-case letters, digits and . _ - (at most 100), as in yolov8m@v1.2.0`,
    );
  }
  // A folder that was filled by hand may be called `latest`.
  if (version !== undefined && parseRelease(version) === undefined && !isModelName(version)) {
    throw new CliError("E_USAGE", `"${text}": a version is v and semver, as in ${model}@v1.2.0`);
  }
  return { model, version };
}
