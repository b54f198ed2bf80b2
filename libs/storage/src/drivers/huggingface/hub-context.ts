import { StorageError } from "../../error.ts";
import { httpClient } from "../../http/create-client.ts";
import type { HttpClient } from "../../http/http-client.ts";
import { checkWebAddress } from "../../http/web-address.ts";
import type { StoreLocation } from "../../store-location.ts";
import type { DriverSettings } from "../driver-factory.ts";
import type { Stage } from "./stage.ts";
import type { FoundVersion } from "./find-version.ts";

/** What every operation of an open store works with. */
export interface HubContext {
  /** Origin of the hub, perhaps with a path, without a slash at its end. */
  readonly endpoint: string;
  /** `owner/name`. */
  readonly repo: string;
  /** The branch that is written to. */
  readonly branch: string;
  readonly token: string | undefined;
  readonly settings: DriverSettings;
  /** For reading files; it sends the token to the hub alone, not to the host that a file lies on. */
  readonly client: HttpClient;
  /** Published versions by `<model>@<version>`: a tag is not moved. */
  readonly published: Map<string, FoundVersion>;
  /** Versions whose files this process has committed: it reads back from that very commit, without asking for it. */
  readonly committed: Map<string, FoundVersion>;
  /** Uploaded files that no commit names yet, by `<model>@<version>`. */
  readonly stages: Map<string, Stage>;
  /** Runs commits of this process one after the other, so that they do not refuse each other. */
  readonly turn: <T>(act: () => Promise<T>) => Promise<T>;
}

export function hubContext(location: StoreLocation, settings: DriverSettings): HubContext {
  const { env, allowHttp, credentials, clock, ca } = settings;
  const address = location.options["endpoint"] ?? env["HF_ENDPOINT"] ?? "https://huggingface.co";
  if (!URL.canParse(address)) {
    throw new StorageError("E_USAGE", "HF_ENDPOINT is no address that starts with https://");
  }
  const { origin } = new URL(address);
  checkWebAddress(new URL(address), allowHttp);
  const token = env["HF_TOKEN"] || env["HUGGING_FACE_HUB_TOKEN"] || undefined;
  if (token !== undefined && !/^hf_[\x21-\x7e]+$/.test(token)) {
    const text = `${location.url}: HF_TOKEN is no access token of the hub, those start with hf_`;
    throw new StorageError("E_AUTH", text);
  }
  const own = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let last: Promise<unknown> = Promise.resolve();
  return {
    endpoint: address.replace(/\/+$/, ""),
    repo: location.root,
    branch: location.options["revision"] ?? "main",
    token,
    settings,
    client: httpClient({
      env,
      allowHttp,
      clock,
      credentials: { ...credentials, [origin]: { ...credentials[origin], ...own } },
      ...(ca === undefined ? {} : { ca }),
    }),
    published: new Map(),
    committed: new Map(),
    stages: new Map(),
    turn(act) {
      const mine = last.then(act);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Address of a file in a revision: a branch, a tag, or a commit's 40 hex digits. */
export function resolveUrl(context: HubContext, revision: string, path: string): string {
  const escaped = path.split("/").map(encodeURIComponent).join("/");
  return `${context.endpoint}/${context.repo}/resolve/${encodeURIComponent(revision)}/${escaped}`;
}

/** `hf://owner/name/key`, for messages. */
export const nameOf = ({ repo }: HubContext, key: string): string => `hf://${repo}/${key}`;
