import { StorageError } from "../../error.ts";
import type { StoreLocation } from "../../store-location.ts";
import type { DriverSettings } from "../driver-factory.ts";

/** What a GitHub store is opened with. */
export interface GithubSettings {
  readonly owner: string;
  readonly repo: string;
  /** `https://api.github.com`, or what `?api=` says, without a slash at its end. */
  readonly api: string;
  /** Where people look at the repository. */
  readonly page: string;
  readonly token: string | undefined;
  /** The form of a new version's tag, see `tagOf`. */
  readonly tags: TagForm;
}

/** "version": `v1.0.0` · "model": `yolov8m@v1.0.0` · "auto": the short form while the repository has one model only. */
export type TagForm = "version" | "model" | "auto";

/** Reads URL and environment. Throws `E_USAGE` for a form of tags that there is not. */
export function readGithubSettings(
  location: StoreLocation,
  env: DriverSettings["env"],
): GithubSettings {
  const [owner = "", repo = ""] = location.root.split("/");
  const api = location.options["api"]?.replace(/\/+$/, "") ?? "https://api.github.com";
  const site = api === "https://api.github.com" ? "https://github.com" : new URL(api).origin;
  const tags = location.options["tags"] ?? "auto";
  if (tags !== "version" && tags !== "model" && tags !== "auto") {
    throw new StorageError(
      "E_USAGE",
      `github://${location.root}: tags is version (v1.0.0), model (yolov8m@v1.0.0) or auto`,
    );
  }
  const token = env["GITHUB_TOKEN"] || env["GH_TOKEN"] || undefined;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new StorageError("E_USAGE", "GITHUB_TOKEN is not plain text on one line");
  }
  return { owner, repo, api, page: `${site}/${owner}/${repo}`, token, tags };
}
