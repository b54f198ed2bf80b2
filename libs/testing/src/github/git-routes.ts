import { createHash } from "node:crypto";
import { blobSha, repositoryUrl } from "./contents-routes.ts";
import { GithubFailure, notFound, type GithubAnswer } from "./github-answer.ts";
import type { GithubBlob } from "./github-model.ts";
import type { GithubRequest } from "./github-request.ts";
import type { GithubSetting } from "./github-setting.ts";
import { referenceJson, referenceRoutes } from "./reference-routes.ts";

/** Git's own objects: trees, commits, blobs and references. `path` begins behind `/git`. */
export function gitRoutes(
  setting: GithubSetting,
  request: GithubRequest,
  path: string,
): GithubAnswer | undefined {
  const { method } = request;
  if (method === "GET" && path.startsWith("/trees/")) return readTree(setting, path.slice(7));
  if (method === "GET" && path.startsWith("/blobs/")) return readBlob(setting, path.slice(7));
  if (method === "GET" && path.startsWith("/commits/")) return readCommit(setting, path.slice(9));
  const reference = referenceRoutes(setting, request, path);
  if (reference !== undefined) return reference;
  if (method !== "POST") return undefined;
  setting.expectOwner();
  if (setting.repository.branches.size === 0) {
    throw new GithubFailure(409, "Git Repository is empty.");
  }
  if (path === "/trees") return makeTree(setting, request);
  if (path === "/commits") return makeCommit(setting, request);
  return path === "/refs" ? makeReference(setting, request) : undefined;
}

function readTree(setting: GithubSetting, name: string): GithubAnswer {
  const { branches } = setting.repository;
  const branch = branches.get(name);
  if (branches.size === 0) throw new GithubFailure(409, "Git Repository is empty.");
  if (!branch) throw notFound();
  return { status: 200, json: treeJson(setting, branch.head, branch.files) };
}

function readBlob({ repository }: GithubSetting, sha: string): GithubAnswer {
  for (const { files } of repository.branches.values()) {
    for (const blob of files.values())
      if (blob.sha === sha) return { status: 200, raw: blob.bytes };
  }
  throw notFound();
}

function makeTree(setting: GithubSetting, { json }: GithubRequest): GithubAnswer {
  const { base_tree: base } = json;
  const files = new Map(base === undefined ? [] : filesOf(setting, String(base)));
  for (const entry of json["tree"] as readonly Record<string, string>[]) {
    const bytes = Buffer.from(entry["content"] ?? "");
    files.set(entry["path"] ?? "", { sha: blobSha(bytes), bytes });
  }
  const sha = shaOf(`tree ${setting.nextId()}`);
  setting.repository.objects.set(sha, files);
  return { status: 201, json: treeJson(setting, sha, files) };
}

function makeCommit(setting: GithubSetting, { json }: GithubRequest): GithubAnswer {
  const { objects, commits } = setting.repository;
  const tree = String(json["tree"]);
  const files = objects.get(tree);
  if (!files) throw new GithubFailure(422, "Tree SHA does not exist");
  const sha = shaOf(`commit ${setting.nextId()}`);
  objects.set(sha, files);
  const parents = (json["parents"] ?? []) as readonly string[];
  commits.set(sha, { tree, parents, message: String(json["message"] ?? "") });
  return { ...readCommit(setting, sha), status: 201 };
}

function readCommit(setting: GithubSetting, sha: string): GithubAnswer {
  const { commits, branches } = setting.repository;
  const isHead = [...branches.values()].some(({ head }) => head === sha);
  const commit = commits.get(sha) ?? (isHead ? { tree: sha, parents: [], message: "" } : undefined);
  if (commit === undefined) throw notFound();
  const url = `${repositoryUrl(setting)}/git/commits/${sha}`;
  const author = { name: "fake", email: "fake@example.com", date: setting.now().toISOString() };
  return {
    status: 200,
    json: {
      sha,
      node_id: `C_${sha}`,
      url,
      html_url: url,
      author,
      committer: author,
      message: commit.message,
      tree: { sha: commit.tree, url },
      parents: commit.parents.map((parent) => ({ sha: parent, url, html_url: url })),
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
  };
}

/** The files of a tree, or of the head of a branch that has no tree of its own. */
function filesOf({ repository }: GithubSetting, sha: string): ReadonlyMap<string, GithubBlob> {
  const branch = [...repository.branches.values()].find(({ head }) => head === sha);
  const files = repository.objects.get(sha) ?? branch?.files;
  if (files === undefined) throw new GithubFailure(422, "base_tree is not a valid tree oid");
  return files;
}

function makeReference(setting: GithubSetting, { json }: GithubRequest): GithubAnswer {
  const ref = String(json["ref"]);
  const name = ref.replace(/^refs\/heads\//, "");
  const sha = String(json["sha"]);
  const files = setting.repository.objects.get(sha);
  if (!files) throw new GithubFailure(422, "Object does not exist");
  if (setting.repository.branches.has(name)) {
    throw new GithubFailure(422, "Reference already exists");
  }
  setting.repository.branches.set(name, { head: sha, files: new Map(files) });
  return { status: 201, json: referenceJson(setting, ref, sha) };
}

function treeJson(
  setting: GithubSetting,
  sha: string,
  files: ReadonlyMap<string, GithubBlob>,
): Record<string, unknown> {
  const base = `${repositoryUrl(setting)}/git`;
  return {
    sha,
    url: `${base}/trees/${sha}`,
    tree: [...files].map(([path, blob]) => ({
      path,
      mode: "100644",
      type: "blob",
      sha: blob.sha,
      size: blob.bytes.length,
      url: `${base}/blobs/${blob.sha}`,
    })),
    truncated: false,
  };
}

function shaOf(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
