import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { assetShelf } from "./asset-bytes.ts";
import { uploadAsset } from "./asset-routes.ts";
import { GithubFailure, type GithubAnswer } from "./github-answer.ts";
import type { GithubFault, GithubScript } from "./github-fault.ts";
import type { GithubCaps, GithubRelease, GithubRepository, GithubRole } from "./github-model.ts";
import { readGithubRequest, readJsonBody, type GithubRequest } from "./github-request.ts";
import { routeGithub } from "./github-routes.ts";
import type { GithubSetting } from "./github-setting.ts";
import { rateBook } from "./rate-book.ts";
import { sendGithub } from "./send-github.ts";

export interface FakeGithubOptions {
  readonly private?: boolean;
  /** Releases are frozen when they are published. Default false. */
  readonly immutableReleases?: boolean;
  /** A repository without any commit. Default false. */
  readonly empty?: boolean;
  readonly caps?: Partial<GithubCaps>;
  /** API requests an hour for each token; default 5000, 60 without a token. */
  readonly hourlyLimit?: number;
  readonly script?: GithubScript;
  /** Default `Date.now`. */
  readonly now?: () => number;
}

/** A GitHub with one repository, `owner/repo`, in this process, on loopback. */
export interface FakeGithub {
  /** What stands behind `?api=`: `http://127.0.0.1:<port>/api/v3` */
  readonly api: string;
  /** `github://owner/repo?api=…` */
  readonly store: string;
  /** May write. */
  readonly token: string;
  /** May read, also what is private. */
  readonly readerToken: string;
  readonly repository: GithubRepository;
  /** In the order of arrival. */
  readonly requests: readonly GithubRequest[];
  /** Requests to the API and to the host of uploads as `METHOD path`, those that count against the quota. */
  calls(): string[];
  script(script?: GithubScript): void;
  /** After so many more requests nothing is answered or done, as when the client has died. */
  dieAfter(count: number): void;
  revive(): void;
  /** A release by its tag; the published one first. */
  release(tag: string): GithubRelease | undefined;
  /** Content of a file of the branch `plimsoll-channels`. */
  branchFile(path: string): string | undefined;
  /** Puts a release there as a person would by the web page. */
  addRelease(
    tag: string,
    files: Readonly<Record<string, string>>,
    options?: { readonly draft?: boolean; readonly state?: "starter" | "uploaded" },
  ): Promise<GithubRelease>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts the API, the host of uploads and the host of downloads on three ports. They answer as GitHub does: releases are
 * drafts until they are published, an upload that is cut leaves an asset that blocks its name, the host of downloads
 * refuses an `Authorization`, files of a branch are swapped by their SHA. Bodies are kept on disk, zeros without room.
 */
export async function fakeGithub(options: FakeGithubOptions = {}): Promise<FakeGithub> {
  const now = options.now ?? Date.now;
  const [token, readerToken] = ["fake-owner-token", "fake-reader-token"];
  const shelf = assetShelf();
  const requests: GithubRequest[] = [];
  let [life, ids, script] = [Infinity, 1000, options.script];
  const repository: GithubRepository = {
    owner: "owner",
    name: "repo",
    private: options.private ?? false,
    immutableReleases: options.immutableReleases ?? false,
    releases: new Map(),
    branches: new Map(options.empty ? [] : [["main", { head: "0".repeat(40), files: new Map() }]]),
    objects: new Map(),
    commits: new Map(),
    pulls: [],
    burnedTags: new Set(),
  };
  const caps = { maxAssetBytes: 2 ** 31 - 1, maxAssets: 1000, ...options.caps };
  const rates = rateBook(options.hourlyLimit, now);
  const servers: Server[] = [];
  const start = async (host: "api" | "uploads" | "storage"): Promise<string> => {
    const server = createServer((message, response) => {
      // Kept here: a message that was given up has forgotten its own.
      const { socket } = message;
      serve(host, message, response).catch(() => socket.destroy());
    });
    server.requestTimeout = 0;
    servers.push(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const [web, uploads, storage] = [
    await start("api"),
    await start("uploads"),
    await start("storage"),
  ];
  const hosts = { api: `${web}/api/v3`, uploads, web, storage };

  const settingFor = (role: GithubRole): GithubSetting => ({
    repository,
    hosts,
    caps,
    role,
    shelf,
    now: () => new Date(now()),
    nextId: () => ids++,
    expectOwner() {
      if (role === "owner") return;
      if (role === "anonymous") throw new GithubFailure(401, "Requires authentication");
      throw new GithubFailure(403, "Resource not accessible by personal access token");
    },
  });

  const answer = async (
    request: GithubRequest,
    message: IncomingMessage,
    fault: GithubFault,
  ): Promise<GithubAnswer> => {
    try {
      const isUpload = request.host === "uploads";
      if (fault.status !== undefined && !isUpload) {
        throw new GithubFailure(fault.status, fault.message ?? "Server Error");
      }
      if (fault.expired && request.host === "storage") {
        return { status: 618, raw: Buffer.from("jwt:expired") };
      }
      const role = roleOf(request, { token, readerToken });
      if (request.host === "api") rates.count(role);
      const setting = settingFor(role);
      return isUpload
        ? await uploadAsset(setting, request, message, fault)
        : routeGithub(setting, request);
    } catch (error) {
      if (!(error instanceof GithubFailure)) throw error;
      return error.answer;
    }
  };

  async function serve(
    host: "api" | "uploads" | "storage",
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const request = readGithubRequest(message, host, requests.length + 1);
    requests.push(request);
    if (host !== "uploads") request.json = await readJsonBody(message);
    const same = requests.filter(
      ({ method, path }) => method === request.method && path === request.path,
    );
    const fault = script?.(request, same.length) ?? {};
    await fault.before?.();
    if (fault.refuse || life <= 0) return void message.socket.destroy();
    life--;
    const result = await answer(request, message, fault);
    if (fault.dropAnswer) return void message.socket.destroy();
    request.status = result.status;
    request.answer = result.json;
    const limits = request.host === "api" ? rates.headers() : {};
    await sendGithub(request, response, result, { ...limits, ...fault.headers }, fault.cutAfter);
  }

  const close = async (): Promise<void> => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
    await shelf.remove();
  };

  return {
    api: hosts.api,
    store: `github://owner/repo?api=${hosts.api}`,
    token,
    readerToken,
    repository,
    requests,
    calls: () =>
      requests
        .filter(({ host }) => host === "api" || host === "uploads")
        .map(({ method, path }) => `${method} ${path}`),
    script: (next) => void (script = next),
    dieAfter: (count) => void (life = count),
    revive: () => void (life = Infinity),
    release: (tag) =>
      [...repository.releases.values()]
        .filter((release) => release.tag === tag)
        .sort((a, b) => Number(a.draft) - Number(b.draft))[0],
    branchFile: (path) =>
      repository.branches.get("plimsoll-channels")?.files.get(path)?.bytes.toString(),
    async addRelease(tag, files, { draft = false, state = "uploaded" } = {}) {
      const release: GithubRelease = {
        id: ids++,
        tag,
        name: tag,
        body: "",
        draft,
        prerelease: false,
        immutable: !draft && repository.immutableReleases,
        createdAt: new Date(now()),
        publishedAt: draft ? null : new Date(now()),
        assets: new Map(),
        untagged: `untagged-${ids}`,
      };
      repository.releases.set(release.id, release);
      for (const [name, text] of Object.entries(files)) {
        const bytes = await shelf.keep(single(Buffer.from(text)));
        release.assets.set(ids, {
          id: ids++,
          name,
          label: "",
          state,
          contentType: "application/octet-stream",
          size: state === "starter" ? 0 : bytes.size,
          digest: state === "starter" ? null : `sha256:${bytes.sha256}`,
          bytes,
          createdAt: new Date(now()),
        });
      }
      return release;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function* single(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  yield bytes;
}

function roleOf(
  request: GithubRequest,
  { token, readerToken }: { readonly token: string; readonly readerToken: string },
): GithubRole {
  const header = request.headers["authorization"];
  if (header === undefined || request.host === "web" || request.host === "storage") {
    return "anonymous";
  }
  const given = header.replace(/^(?:token|bearer) /i, "");
  if (given === token) return "owner";
  if (given === readerToken) return "reader";
  throw new GithubFailure(401, "Bad credentials");
}
