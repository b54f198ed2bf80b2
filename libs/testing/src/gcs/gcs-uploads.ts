import type { GcsObject, GcsObjectFacts, GcsObjects } from "./gcs-objects.ts";
import { GcsRefusal } from "./gcs-objects.ts";

interface Session {
  readonly name: string;
  readonly facts: GcsObjectFacts;
  readonly ifGenerationMatch: string | null;
  received: Buffer;
  done: GcsObject | undefined;
}

/** What a request to a session is answered with: the object, or how many bytes are there. */
export type SessionAnswer = { readonly object: GcsObject } | { readonly receivedBytes: number };

/** Resumable uploads: begun with a POST, filled by PUTs that each say their place, done with the last byte. */
export class GcsUploads {
  readonly #objects: GcsObjects;
  readonly #sessions = new Map<string, Session>();

  constructor(objects: GcsObjects) {
    this.#objects = objects;
  }

  begin(name: string, facts: GcsObjectFacts, ifGenerationMatch: string | null): string {
    this.#objects.expect(name, ifGenerationMatch);
    const id = `session-${this.#sessions.size + 1}`;
    const received = Buffer.alloc(0);
    this.#sessions.set(id, { name, facts, ifGenerationMatch, received, done: undefined });
    return id;
  }

  abort(id: string): void {
    this.#sessions.delete(id);
  }

  /** `bytes 0-5/6`, `bytes 0-5/*` (more to come) or `bytes * /6` (a question). No header: all of it. */
  append(id: string, body: Buffer, contentRange: string | undefined): SessionAnswer {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new GcsRefusal(410, "No such upload");
    if (session.done !== undefined) return { object: session.done };
    const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(contentRange ?? "");
    const from = contentRange === undefined ? 0 : Number(range?.[1] ?? session.received.length);
    if (contentRange !== undefined && range === null) throw new GcsRefusal(400, "Bad range");
    if (from > session.received.length) throw new GcsRefusal(503, "Bytes are missing");
    const fresh = body.subarray(session.received.length - from);
    session.received = Buffer.concat([session.received, fresh]);
    const total = contentRange === undefined ? String(session.received.length) : range?.[3];
    if (total !== String(session.received.length)) {
      // Google keeps multiples of 256 KiB only.
      session.received = session.received.subarray(
        0,
        Math.floor(session.received.length / 262_144) * 262_144,
      );
      return { receivedBytes: session.received.length };
    }
    const { name, facts, ifGenerationMatch, received } = session;
    session.done = this.#objects.put(name, received, facts, ifGenerationMatch);
    return { object: session.done };
  }
}
