import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "@plimsoll/manifest";

/** Why a version was refused. */
export interface Refusal {
  readonly model: string;
  readonly version: string;
  readonly code: string;
  readonly message: string;
  /** ISO 8601. */
  readonly at: string;
}

const fileName = "refused-versions.json";
/** More are forgotten, oldest first. */
const kept = 200;

function isRefusal(value: unknown): value is Refusal {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ["model", "version", "code", "message", "at"].every(
    (name) => typeof fields[name] === "string",
  );
}

/**
 * Versions that were tried and found broken, by the digest of their files: remembered in a small file, so that a restart
 * does not try them again. The file is a help, not a truth: where it cannot be read or written, memory has to do.
 */
export class RefusedVersions {
  readonly #dir: string | undefined;
  readonly #known = new Map<string, Refusal>();
  readonly #forgotten = new Set<string>();
  #loaded: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(dir: string | undefined) {
    this.#dir = dir;
  }

  async find(identity: string): Promise<Refusal | undefined> {
    await (this.#loaded ??= this.#load());
    return this.#known.get(identity);
  }

  async add(identity: string, refusal: Refusal): Promise<void> {
    await (this.#loaded ??= this.#load());
    this.#known.delete(identity);
    this.#forgotten.delete(identity);
    this.#known.set(identity, refusal);
    for (const oldest of [...this.#known.keys()].slice(0, -kept)) this.#known.delete(oldest);
    await this.#save();
  }

  async forget(identity: string): Promise<void> {
    await (this.#loaded ??= this.#load());
    this.#forgotten.add(identity);
    if (this.#known.delete(identity)) await this.#save();
  }

  async #load(): Promise<void> {
    for (const [identity, refusal] of await this.#read()) this.#known.set(identity, refusal);
  }

  async #read(): Promise<readonly (readonly [string, Refusal])[]> {
    if (this.#dir === undefined) return [];
    try {
      const json: unknown = parseJson(await readFile(join(this.#dir, fileName)));
      return Object.entries(json ?? {}).flatMap(([identity, refusal]: [string, unknown]) =>
        isRefusal(refusal) ? [[identity, refusal] as const] : [],
      );
    } catch {
      // None yet, or damaged: nothing is remembered.
      return [];
    }
  }

  /** One write at a time; what comes while one waits goes with it. */
  #save(): Promise<void> {
    const dir = this.#dir;
    if (dir === undefined) return Promise.resolve();
    this.#next ??= this.#last.then(() => {
      this.#next = undefined;
      return this.#write(dir);
    });
    this.#last = this.#next;
    return this.#next;
  }

  async #write(dir: string): Promise<void> {
    // What another server with the same folder found out meanwhile stays.
    const theirs = (await this.#read()).filter(([identity]) => !this.#forgotten.has(identity));
    const all = [...new Map([...theirs, ...this.#known])].slice(-kept);
    const temporary = join(dir, `.${fileName}.${randomUUID()}`);
    try {
      await mkdir(dir, { recursive: true });
      await writeFile(temporary, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
      await rename(temporary, join(dir, fileName));
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
}
