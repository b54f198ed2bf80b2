import { createHash } from "node:crypto";
import { crc32c } from "./crc32c.ts";

/** One generation of an object. */
export interface GcsObject {
  readonly name: string;
  readonly bytes: Buffer;
  readonly generation: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly updated: Date;
}

/** What an upload or a copy says of the object that it makes. */
export interface GcsObjectFacts {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly crc32c?: string;
  readonly md5Hash?: string;
}

/** An answer that is not a success. */
export class GcsRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The objects of one bucket with their generations: each write makes a new one. */
export class GcsObjects {
  readonly #objects = new Map<string, GcsObject>();
  #generation = 1_700_000_000_000_000;

  find(name: string, generation?: string | null): GcsObject {
    const found = this.#objects.get(name);
    const isOther = generation != null && String(found?.generation) !== generation;
    if (found === undefined || isOther) throw new GcsRefusal(404, `No such object: ${name}`);
    return found;
  }

  names(prefix: string): string[] {
    return [...this.#objects.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  /** `ifGenerationMatch`: the generation that must be there, `0` for none. */
  put(
    name: string,
    bytes: Buffer,
    facts: GcsObjectFacts,
    ifGenerationMatch: string | null,
  ): GcsObject {
    this.expect(name, ifGenerationMatch);
    const isDamaged =
      (facts.crc32c !== undefined && facts.crc32c !== crc32c(bytes)) ||
      (facts.md5Hash !== undefined && facts.md5Hash !== md5(bytes));
    if (isDamaged) throw new GcsRefusal(400, "Provided hash does not match the content");
    this.#generation += 1;
    const object = {
      name,
      bytes,
      generation: this.#generation,
      contentType: facts.contentType ?? "application/octet-stream",
      metadata: facts.metadata ?? {},
      updated: new Date(),
    };
    this.#objects.set(name, object);
    return object;
  }

  expect(name: string, ifGenerationMatch: string | null): void {
    if (ifGenerationMatch === null) return;
    const generation = String(this.#objects.get(name)?.generation ?? 0);
    if (generation !== ifGenerationMatch) {
      throw new GcsRefusal(412, "At least one of the pre-conditions you specified did not hold.");
    }
  }

  remove(name: string): void {
    this.find(name);
    this.#objects.delete(name);
  }
}

/** The object resource of the JSON API; 64-bit numbers are texts there. */
export function objectResource(bucket: string, object: GcsObject): Record<string, unknown> {
  return {
    kind: "storage#object",
    id: `${bucket}/${object.name}/${object.generation}`,
    name: object.name,
    bucket,
    generation: String(object.generation),
    metageneration: "1",
    contentType: object.contentType,
    storageClass: "STANDARD",
    size: String(object.bytes.length),
    md5Hash: md5(object.bytes),
    crc32c: crc32c(object.bytes),
    etag: Buffer.from(String(object.generation)).toString("base64"),
    updated: object.updated.toISOString(),
    timeCreated: object.updated.toISOString(),
    metadata: object.metadata,
  };
}

const md5 = (bytes: Buffer): string => createHash("md5").update(bytes).digest("base64");
