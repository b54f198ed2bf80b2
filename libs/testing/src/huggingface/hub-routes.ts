import { entryMissing, HubRefusal, type HubAnswer } from "./hub-answer.ts";
import type { HubRequest } from "./hub-fault.ts";
import { HubRepository, type HubCommit, type HubFile, type HubLine } from "./hub-repository.ts";
import { lfsBatch, type LfsShelf } from "./lfs-uploads.ts";

/** What the routes of the hub work with. */
export interface HubSetting {
  readonly repositories: Map<string, HubRepository>;
  /** May read and write. */
  readonly token: string;
  /** May read. */
  readonly readerToken: string;
  readonly shelf: LfsShelf;
  readonly endpoint: string;
  readonly cdn: string;
  /** A file of at least so many bytes is stored as LFS. */
  readonly lfsBytes: number;
  /** Entries of one page of a listing. */
  readonly pageEntries: number;
}

/** Answers the API, Git LFS and `resolve` of the hub. */
export function routeHub(setting: HubSetting, request: HubRequest): HubAnswer {
  const url = new URL(request.path, setting.endpoint);
  const role = roleOf(setting, request);
  const segments = url.pathname.slice(1).split("/").map(decodeURIComponent);
  if (url.pathname === "/api/whoami-v2") {
    if (role === "anonymous") throw new HubRefusal(401, "Invalid username or password.");
    const accessToken = { displayName: "t", role: "write", createdAt: new Date(0) };
    const auth = { type: "access_token", accessToken };
    return { status: 200, json: { type: "user", id: "1", name: "owner", orgs: [], auth } };
  }
  if (url.pathname === "/api/repos/create") return create(setting, request, role);
  const isApi = segments[0] === "api" && segments[1] === "models";
  const [owner = "", raw = "", act = "", revision = "", ...path] = segments.slice(isApi ? 2 : 0);
  const repository = setting.repositories.get(`${owner}/${raw.replace(/\.git$/, "")}`);
  if (repository === undefined || (repository.isPrivate && role === "anonymous")) {
    if (role === "anonymous") throw new HubRefusal(401, "Invalid username or password.");
    throw new HubRefusal(404, "Repository not found", "RepoNotFound");
  }
  const expectWriter = (): void => {
    if (role === "writer") return;
    throw role === "reader"
      ? new HubRefusal(403, "Forbidden: pass `create_pr=1` as a query parameter to create a PR")
      : new HubRefusal(401, "Invalid username or password.");
  };
  if (!isApi && act === "resolve") return resolve(setting, repository, revision, path.join("/"));
  if (!isApi && raw.endsWith(".git")) {
    expectWriter();
    return lfsBatch(setting.shelf, repository, request.body);
  }
  switch (`${request.method} ${isApi ? act : "?"}`) {
    case "GET revision": {
      const { id, date } = repository.find(revision);
      return { status: 200, json: { id: repository.name, sha: id, lastModified: date } };
    }
    case "GET tree":
      return tree(setting, repository, revision, path.join("/"), url);
    case "POST paths-info":
      return pathsInfo(repository, revision, request.body);
    case "POST preupload":
      expectWriter();
      repository.find(revision);
      return preupload(setting, request.body);
    case "POST commit": {
      expectWriter();
      const lines = request.body.split("\n").map((line) => JSON.parse(line) as HubLine);
      const { id } = repository.commit(revision, lines);
      const commitUrl = `${setting.endpoint}/${repository.name}/commit/${id}`;
      return { status: 200, json: { success: true, commitOid: id, commitUrl, hookOutput: "" } };
    }
    case "POST tag":
      expectWriter();
      repository.tag((JSON.parse(request.body) as { tag: string }).tag, revision);
      return { status: 200, json: {} };
    case "DELETE tag":
      expectWriter();
      if (!repository.tags.delete(revision)) {
        throw new HubRefusal(404, "No such tag", "RevisionNotFound");
      }
      return { status: 200, json: {} };
  }
  throw new HubRefusal(404, `Sorry, we can't find the page: ${request.method} ${request.path}`);
}

type Role = "anonymous" | "reader" | "writer";

function roleOf({ token, readerToken }: HubSetting, { headers }: HubRequest): Role {
  const given = headers["authorization"];
  if (given === undefined) return "anonymous";
  if (given === `Bearer ${token}`) return "writer";
  if (given === `Bearer ${readerToken}`) return "reader";
  throw new HubRefusal(401, "Invalid credentials in Authorization header");
}

function create(setting: HubSetting, { body }: HubRequest, role: Role): HubAnswer {
  if (role !== "writer") throw new HubRefusal(401, "Invalid username or password.");
  const wanted = JSON.parse(body) as { name: string; organization?: string; private?: boolean };
  const name = `${wanted.organization ?? "owner"}/${wanted.name}`;
  if (setting.repositories.has(name)) {
    throw new HubRefusal(409, "You already created this model repo");
  }
  setting.repositories.set(name, new HubRepository(name, wanted.private === true));
  return { status: 200, json: { url: `${setting.endpoint}/${name}`, name, id: name } };
}

function preupload({ lfsBytes }: HubSetting, body: string): HubAnswer {
  const { files } = JSON.parse(body) as {
    files: { path: string; size: number; sample: string }[];
  };
  const modes = files.map(({ path, size, sample }) => {
    if (Buffer.from(sample, "base64").length !== Math.min(size, 512)) {
      throw new HubRefusal(400, `The sample of ${path} is not its beginning`);
    }
    const uploadMode = size > 0 && (size >= lfsBytes || path.endsWith(".bin")) ? "lfs" : "regular";
    return { path, uploadMode, shouldIgnore: false };
  });
  return { status: 200, json: { files: modes } };
}

function describe(path: string, file: HubFile): Record<string, unknown> {
  const { oid, bytes, lfs } = file;
  const pointer =
    lfs === undefined ? {} : { lfs: { oid: lfs, size: bytes.length, pointerSize: 130 } };
  return { type: "file", path, oid, size: bytes.length, ...pointer };
}

function withCommit(repository: HubRepository, commit: HubCommit, path: string) {
  const { id, title, date } = repository.lastCommit(commit, path);
  return { lastCommit: { id, title, date } };
}

function pathsInfo(repository: HubRepository, revision: string, body: string): HubAnswer {
  const commit = repository.find(revision);
  const { paths, expand } = JSON.parse(body) as { paths: string[]; expand?: boolean };
  const found = paths.flatMap((path) => {
    const file = commit.files.get(path);
    if (file) {
      return { ...describe(path, file), ...(expand && withCommit(repository, commit, path)) };
    }
    const isFolder = [...commit.files.keys()].some((one) => one.startsWith(`${path}/`));
    return isFolder ? { type: "directory", path, oid: "0".repeat(40), size: 0 } : [];
  });
  return { status: 200, json: found };
}

function tree(
  { endpoint, pageEntries }: HubSetting,
  repository: HubRepository,
  revision: string,
  folder: string,
  url: URL,
): HubAnswer {
  const commit = repository.find(revision);
  const base = folder === "" ? "" : `${folder}/`;
  const isDeep = url.searchParams.get("recursive") === "true";
  const entries = new Map<string, Record<string, unknown>>();
  for (const [path, file] of [...commit.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!path.startsWith(base)) continue;
    for (let at = path.indexOf("/", base.length); at > 0; at = path.indexOf("/", at + 1)) {
      const directory = {
        type: "directory",
        path: path.slice(0, at),
        oid: "0".repeat(40),
        size: 0,
      };
      entries.set(directory.path, directory);
      if (!isDeep) break;
    }
    if (isDeep || !path.slice(base.length).includes("/")) entries.set(path, describe(path, file));
  }
  if (entries.size === 0) throw entryMissing();
  const start = Number(url.searchParams.get("cursor") ?? 0);
  const end = start + pageEntries;
  const next = new URL(`${url.pathname}${url.search}`, endpoint);
  next.searchParams.set("cursor", String(end));
  const headers = end < entries.size ? { link: `<${next.href}>; rel="next"` } : {};
  return { status: 200, headers, json: [...entries.values()].slice(start, end) };
}

function resolve(
  { cdn }: HubSetting,
  repository: HubRepository,
  revision: string,
  path: string,
): HubAnswer {
  const commit = repository.find(revision);
  const file = commit.files.get(path);
  if (file === undefined) throw entryMissing();
  const headers = { "x-repo-commit": commit.id, "accept-ranges": "bytes" };
  if (file.lfs === undefined) {
    return { status: 200, headers: { ...headers, etag: `"${file.oid}"` }, bytes: file.bytes };
  }
  const location = `${cdn}/${repository.name}/${file.lfs}?Signature=signed-for-an-hour`;
  const linked = { "x-linked-etag": `"${file.lfs}"`, "x-linked-size": String(file.bytes.length) };
  return { status: 302, headers: { ...headers, ...linked, location } };
}
