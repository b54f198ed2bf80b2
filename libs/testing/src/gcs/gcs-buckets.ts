import { GcsRefusal } from "./gcs-objects.ts";

type Json = Record<string, unknown>;

interface StoredBucket {
  resource: Json;
  metageneration: number;
  policy: Json;
  policyVersion: number;
}

/**
 * Buckets of Google's JSON API: insert, get, patch with `ifMetagenerationMatch`, IAM policy guarded by its etag; a public
 * binding is refused while public access is prevented.
 */
export class GcsBuckets {
  readonly #buckets = new Map<string, StoredBucket>();

  constructor(names: readonly string[]) {
    for (const name of names) this.#add(name, {});
  }

  /** The resource of a bucket, with what was set. */
  resource(name: string): Json {
    const { resource, metageneration } = this.#find(name);
    return { kind: "storage#bucket", ...resource, metageneration: String(metageneration) };
  }

  policy(name: string): Json {
    const { policy, policyVersion } = this.#find(name);
    return { ...policy, etag: `P${policyVersion}` };
  }

  /** Answers a request about a bucket itself; undefined for any other. */
  perform(method: string, url: URL, body: Buffer): Json | undefined {
    const path = /^\/storage\/v1\/b(?:\/([^/]+)(\/iam)?)?$/.exec(url.pathname);
    if (path === null) return undefined;
    const json = (): Json => JSON.parse(body.toString()) as Json;
    const [, encoded, iam] = path;
    if (encoded === undefined) {
      if (method !== "POST") throw new GcsRefusal(405, "Method Not Allowed");
      const resource = json();
      const name = String(resource["name"]);
      if (this.#buckets.has(name)) throw new GcsRefusal(409, "You already own this bucket.");
      this.#add(name, resource);
      return this.resource(name);
    }
    const name = decodeURIComponent(encoded);
    const bucket = this.#find(name);
    if (iam !== undefined) {
      if (method === "PUT") this.#setPolicy(name, bucket, json());
      return this.policy(name);
    }
    if (method === "PATCH") {
      const expected = url.searchParams.get("ifMetagenerationMatch");
      if (expected !== null && expected !== String(bucket.metageneration)) {
        throw new GcsRefusal(412, "At least one of the pre-conditions you specified did not hold.");
      }
      bucket.resource = { ...bucket.resource, ...json() };
      bucket.metageneration += 1;
    }
    return this.resource(name);
  }

  #setPolicy(name: string, bucket: StoredBucket, { etag, ...policy }: Json): void {
    if (etag !== undefined && etag !== this.policy(name)["etag"]) {
      throw new GcsRefusal(409, "The policy was changed meanwhile");
    }
    const iam = bucket.resource["iamConfiguration"] as Json | undefined;
    const isPublic = JSON.stringify(policy["bindings"] ?? []).includes("allUsers");
    if (isPublic && iam?.["publicAccessPrevention"] === "enforced") {
      throw new GcsRefusal(412, "Public access prevention is enforced on this bucket");
    }
    bucket.policy = policy;
    bucket.policyVersion += 1;
  }

  #add(name: string, resource: Json): void {
    const policy = { kind: "storage#policy", bindings: [] };
    this.#buckets.set(name, {
      resource: { ...resource, name },
      metageneration: 1,
      policy,
      policyVersion: 1,
    });
  }

  #find(name: string): StoredBucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new GcsRefusal(404, "The specified bucket does not exist.");
    return bucket;
  }
}
