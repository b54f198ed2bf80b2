import { createHash } from "node:crypto";
import { GithubFailure, notFound, type GithubAnswer } from "./github-answer.ts";
import type { GithubBlob, GithubBranch } from "./github-model.ts";
import type { GithubRequest } from "./github-request.ts";
import type { GithubSetting } from "./github-setting.ts";

/** Files above this come without their content. */
const inlineBytes = 1024 * 1024;

/** `…/contents/<path>`: `GET`, `PUT` and `DELETE` of one file of a branch. */
export function contentsRoutes(
  setting: GithubSetting,
  request: GithubRequest,
  path: string,
): GithubAnswer | undefined {
  const { repository } = setting;
  const { method, json } = request;
  if (method === "GET") {
    const branch = repository.branches.get(request.query.get("ref") ?? "main");
    const blob = branch?.files.get(path);
    if (blob) return { status: 200, json: fileJson(setting, path, blob, true) };
    const inside = [...(branch?.files ?? [])].filter(([name]) => name.startsWith(`${path}/`));
    if (inside.length === 0) throw notFound();
    return { status: 200, json: inside.map(([name, one]) => fileJson(setting, name, one, false)) };
  }
  setting.expectOwner();
  const branchName = String(json["branch"] ?? "main");
  const branch = repository.branches.get(branchName);
  if (!branch) throw new GithubFailure(404, `Branch ${branchName} not found`);
  const there = branch.files.get(path);
  const sha = json["sha"];
  if (method === "DELETE") {
    if (!there) throw notFound();
    expectSha(path, there, sha);
    branch.files.delete(path);
    return { status: 200, json: { content: null, commit: moveHead(setting, branch) } };
  }
  if (method !== "PUT") return undefined;
  if ([...branch.files.keys()].some((name) => name.startsWith(`${path}/`))) {
    throw new GithubFailure(422, `${path} is a directory`);
  }
  // A SHA for what is not there is not looked at, as was seen at GitHub.
  if (there) expectSha(path, there, sha);
  const bytes = Buffer.from(String(json["content"] ?? ""), "base64");
  const blob = { sha: blobSha(bytes), bytes };
  branch.files.set(path, blob);
  const content = fileJson(setting, path, blob, false);
  return { status: there ? 200 : 201, json: { content, commit: moveHead(setting, branch) } };
}

function expectSha(path: string, there: GithubBlob, sha: unknown): void {
  if (sha === undefined) {
    throw new GithubFailure(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  }
  if (sha !== there.sha) throw new GithubFailure(409, `${path} does not match ${String(sha)}`);
}

/** SHA-1 of a file as Git takes it. */
export function blobSha(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function moveHead(setting: GithubSetting, branch: GithubBranch): Record<string, unknown> {
  const parent = branch.head;
  branch.head = createHash("sha1").update(`${parent}${setting.nextId()}`).digest("hex");
  const url = `${repositoryUrl(setting)}/git/commits/${branch.head}`;
  const author = { name: "fake", email: "fake@example.com", date: setting.now().toISOString() };
  return {
    sha: branch.head,
    node_id: `C_${branch.head}`,
    url,
    html_url: url,
    author,
    committer: author,
    message: "",
    tree: { sha: branch.head, url },
    parents: [{ sha: parent, url, html_url: url }],
    verification: {
      verified: false,
      reason: "unsigned",
      signature: null,
      payload: null,
      verified_at: null,
    },
  };
}

function fileJson(
  setting: GithubSetting,
  path: string,
  blob: GithubBlob,
  withContent: boolean,
): Record<string, unknown> {
  const base = repositoryUrl(setting);
  const url = `${base}/contents/${path}`;
  const git = `${base}/git/blobs/${blob.sha}`;
  const isInline = blob.bytes.length <= inlineBytes;
  return {
    type: "file",
    ...(withContent && {
      encoding: isInline ? "base64" : "none",
      content: isInline ? blob.bytes.toString("base64").replace(/(.{60})/g, "$1\n") : "",
    }),
    size: blob.bytes.length,
    name: path.split("/").at(-1),
    path,
    sha: blob.sha,
    url,
    git_url: git,
    html_url: url,
    download_url: url,
    _links: { git, self: url, html: url },
  };
}

export function repositoryUrl({ hosts, repository }: GithubSetting): string {
  return `${hosts.api}/repos/${repository.owner}/${repository.name}`;
}
