import { createHash } from "node:crypto";
import { HubRefusal } from "./hub-answer.ts";

/** A file as a commit has it. */
export interface HubFile {
  /** Git's SHA-1 of the content, or of the pointer of a large file. */
  readonly oid: string;
  /** SHA-256 of a large file, which lies outside git. */
  readonly lfs: string | undefined;
  readonly bytes: Buffer;
}

export interface HubCommit {
  readonly id: string;
  readonly title: string;
  readonly date: Date;
  readonly parent: HubCommit | undefined;
  readonly files: ReadonlyMap<string, HubFile>;
}

/** A line of a commit in the hub's API. */
export type HubLine =
  | { readonly key: "header"; readonly value: { summary: string; parentCommit?: string } }
  | { readonly key: "file"; readonly value: { path: string; content: string; encoding: string } }
  | { readonly key: "lfsFile"; readonly value: { path: string; oid: string; size: number } }
  | { readonly key: "deletedFile"; readonly value: { path: string } };

/** A model repository: commits, branches, tags, and the large files that were uploaded to it. */
export class HubRepository {
  readonly name: string;
  readonly isPrivate: boolean;
  readonly branches = new Map<string, HubCommit>();
  readonly tags = new Map<string, HubCommit>();
  /** Uploaded large files by their SHA-256. */
  readonly objects = new Map<string, Buffer>();
  readonly #commits = new Map<string, HubCommit>();

  constructor(name: string, isPrivate: boolean) {
    this.name = name;
    this.isPrivate = isPrivate;
    const attributes = small(Buffer.from("*.bin filter=lfs diff=lfs merge=lfs -text\n"));
    this.#add("main", "initial commit", undefined, new Map([[".gitattributes", attributes]]));
  }

  /** The commits of a branch, newest first. */
  history(branch = "main"): HubCommit[] {
    const commits: HubCommit[] = [];
    for (let at = this.branches.get(branch); at !== undefined; at = at.parent) commits.push(at);
    return commits;
  }

  /** A branch, a tag or a commit. */
  find(revision: string): HubCommit {
    const found =
      this.branches.get(revision) ?? this.tags.get(revision) ?? this.#commits.get(revision);
    if (found !== undefined) return found;
    throw new HubRefusal(404, `Invalid rev id: ${revision}`, "RevisionNotFound");
  }

  /** The commit that gave a path the content that it has in `commit`. */
  lastCommit(commit: HubCommit, path: string): HubCommit {
    let at = commit;
    while (at.parent?.files.get(path) === at.files.get(path) && at.parent) at = at.parent;
    return at;
  }

  commit(branch: string, lines: readonly HubLine[]): HubCommit {
    const head = this.branches.get(branch);
    if (head === undefined) throw new HubRefusal(404, "No such branch", "RevisionNotFound");
    const [header, ...changes] = lines;
    if (header?.key !== "header") throw new HubRefusal(400, "The first line is no header");
    const { summary, parentCommit } = header.value;
    if (summary === "") throw new HubRefusal(400, "A commit needs a summary");
    if (parentCommit !== undefined && parentCommit !== head.id) {
      throw new HubRefusal(412, "A commit has happened since. Please refresh and try again.");
    }
    const files = new Map(head.files);
    for (const line of changes) this.#apply(files, line);
    return this.#add(branch, summary, head, files);
  }

  tag(tag: string, revision: string): void {
    const commit = this.find(revision);
    if (this.tags.has(tag)) throw new HubRefusal(409, `Tag reference exists already: ${tag}`);
    this.tags.set(tag, commit);
  }

  #apply(files: Map<string, HubFile>, { key, value }: HubLine): void {
    if (key === "header") throw new HubRefusal(400, "Two headers");
    const { path } = value;
    if (/^\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) throw new HubRefusal(400, `Bad path: ${path}`);
    const isTaken =
      key !== "deletedFile" &&
      [...files.keys()].some((one) => one.startsWith(`${path}/`) || path.startsWith(`${one}/`));
    if (isTaken) throw new HubRefusal(400, `${path} is a file and a folder`);
    if (key === "deletedFile") {
      if (!files.delete(path)) throw new HubRefusal(400, `No such file: ${path}`);
      return;
    }
    const old = files.get(path);
    const next = key === "file" ? small(Buffer.from(value.content, "base64")) : this.#large(value);
    if (old?.oid !== next.oid) files.set(path, next);
  }

  #large({ oid, size, path }: { oid: string; size: number; path: string }): HubFile {
    const bytes = this.objects.get(oid);
    if (bytes?.length !== size) {
      throw new HubRefusal(400, `LFS pointer pointed to a file that does not exist: ${path}`);
    }
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
    return { oid: small(Buffer.from(pointer)).oid, lfs: oid, bytes };
  }

  #add(
    branch: string,
    title: string,
    parent: HubCommit | undefined,
    files: ReadonlyMap<string, HubFile>,
  ): HubCommit {
    const seed = `${parent?.id} ${title} ${this.#commits.size} ${this.name}`;
    const id = createHash("sha1").update(seed).digest("hex");
    const commit = { id, title, date: new Date(), parent, files };
    this.#commits.set(id, commit);
    this.branches.set(branch, commit);
    return commit;
  }
}

function small(bytes: Buffer): HubFile {
  const oid = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  return { oid, lfs: undefined, bytes };
}
