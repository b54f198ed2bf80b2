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
  #loaded: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

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
    this.#known.set(identity, refusal);
    for (const oldest of [...this.#known.keys()].slice(0, -kept)) this.#known.delete(oldest);
    await this.#save();
  }

  async forget(identity: string): Promise<void> {
    await (this.#loaded ??= this.#load());
    if (this.#known.delete(identity)) await this.#save();
  }

  async #load(): Promise<void> {
    if (this.#dir === undefined) return;
    try {
      const json = parseJson(await readFile(join(this.#dir, fileName)));
      for (const [identity, refusal] of Object.entries(json ?? {})) {
        if (isRefusal(refusal)) this.#known.set(identity, refusal);
      }
    } catch {
      // None yet, or damaged: nothing is remembered.
    }
  }

  #save(): Promise<void> {
    const dir = this.#dir;
    if (dir === undefined) return Promise.resolve();
    const text = `${JSON.stringify(Object.fromEntries(this.#known), null, 2)}\n`;
    this.#last = this.#last.then(async () => {
      const temporary = join(dir, `.${fileName}.${process.pid}`);
      try {
        await mkdir(dir, { recursive: true });
        await writeFile(temporary, text);
        await rename(temporary, join(dir, fileName));
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    });
    return this.#last;
  }
}
