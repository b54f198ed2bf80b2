import { AppendLog, type AppendLogOptions } from "./append-log.ts";
import { sameState, type FileState } from "./file-state.ts";

/** Below this many lines a file is never worth replacing. */
const FEW_LINES = 256;

interface Proof extends FileState {
  readonly sha256: string;
}

export interface ProofLogOptions extends Omit<AppendLogOptions, "header"> {
  /** Whose files are meant, for people and for clearing up. */
  readonly folder: string;
}

/**
 * What the files of one folder were when their bytes were proven: one file of lines
 * `["name", "sha256", "dev", "ino", "size", "mtimeNs"]`, a later line for a name replacing the earlier. Read once;
 * read again when a name is missed and another process has added lines. A line that is damaged matches no file.
 */
export class ProofLog {
  readonly #log: AppendLog;
  #proofs: Map<string, Proof> | undefined;
  #loading: Promise<Map<string, Proof>> | undefined;

  constructor(options: ProofLogOptions) {
    this.#log = new AppendLog({ ...options, header: proofHeader(options.folder) });
  }

  /** The digest that was proven for a file which is now as `state` says, or undefined. */
  async digest(name: string, state: FileState): Promise<string | undefined> {
    const known = (await this.#all()).get(name);
    if (known && sameState(known, state)) return known.sha256;
    if (!(await this.#log.changed())) return undefined;
    const reread = (await this.#load()).get(name);
    return reread && sameState(reread, state) ? reread.sha256 : undefined;
  }

  async add(name: string, sha256: string, state: FileState): Promise<void> {
    const proofs = await this.#all();
    const { dev, ino, size, mtimeNs } = state;
    const known = proofs.get(name);
    if (known && known.sha256 === sha256 && sameState(known, state)) return;
    proofs.set(name, { sha256, dev, ino, size, mtimeNs });
    await this.#log.append(JSON.stringify([name, sha256, dev, ino, size, mtimeNs]));
  }

  /** Forgets all but these names. */
  async keep(names: ReadonlySet<string>): Promise<void> {
    const proofs = new Map([...(await this.#load())].filter(([name]) => names.has(name)));
    this.#proofs = proofs;
    await this.#replace(proofs);
  }

  async #all(): Promise<Map<string, Proof>> {
    return this.#proofs ?? (await this.#load());
  }

  #load(): Promise<Map<string, Proof>> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<Map<string, Proof>> {
    const lines = await this.#log.read();
    const proofs = new Map<string, Proof>();
    for (const line of lines) {
      const proof = parseProof(line);
      if (proof) proofs.set(...proof);
    }
    // What this process knows and could not write, as in a read-only cache, stays known.
    for (const [name, proof] of this.#proofs ?? []) if (!proofs.has(name)) proofs.set(name, proof);
    this.#proofs = proofs;
    if (lines.length > FEW_LINES && lines.length > 3 * proofs.size) await this.#replace(proofs);
    return proofs;
  }

  async #replace(proofs: ReadonlyMap<string, Proof>): Promise<void> {
    const lines = [...proofs].map(([name, { sha256, dev, ino, size, mtimeNs }]) =>
      JSON.stringify([name, sha256, dev, ino, size, mtimeNs]),
    );
    await this.#log.replace(lines);
  }
}

/** First line of a file of proofs. */
export function proofHeader(folder: string): string {
  return JSON.stringify({ proofs: 1, folder });
}

/** The folder that a file of proofs is about, from its lines. */
export function proofFolder(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    if (!line.startsWith("{")) continue;
    const value = parseLine(line);
    if (typeof value === "object" && value !== null && "folder" in value) {
      return typeof value.folder === "string" ? value.folder : undefined;
    }
  }
  return undefined;
}

function parseProof(line: string): [string, Proof] | undefined {
  if (!line.startsWith("[")) return undefined;
  const value = parseLine(line);
  if (!Array.isArray(value) || value.length !== 6) return undefined;
  const texts = value.filter((item): item is string => typeof item === "string");
  const [name, sha256, dev, ino, size, mtimeNs] = texts;
  if (name === undefined || sha256 === undefined || dev === undefined) return undefined;
  if (ino === undefined || size === undefined || mtimeNs === undefined) return undefined;
  return [name, { sha256, dev, ino, size, mtimeNs }];
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
