import { createHash, randomBytes } from "node:crypto";

import { bytesSource } from "../../../bytes-source.ts";
import type { Driver, ObjectStat } from "../../../driver.ts";
import { openStore } from "../../../open-store.ts";

export const key = "models/m/v1.0.0/weights.onnx";
export const manifestKey = "models/m/v1.0.0/manifest.json";
export const weights = randomBytes(300_000);
export const sha256 = createHash("sha256").update(weights).digest("hex");

/** What a trial asks of the contract server, which the test itself starts. */
interface TrialServer {
  readonly endpoint: string;
  readonly token: string;
  readonly repository: { history(): readonly { readonly title: string }[] };
  close(): Promise<void>;
}

/** A repository on a contract server, and the stores that were opened on it. */
export interface HubTrial<Server extends TrialServer> extends AsyncDisposable {
  readonly server: Server;
  /** A store of somebody's own: what one driver remembers, another has to ask. */
  open(env?: Readonly<Record<string, string>>): Promise<Driver>;
  /** Titles of the commits after the first, oldest first. */
  titles(): string[];
}

export function hubTrial<Server extends TrialServer>(server: Server): HubTrial<Server> {
  const drivers: Driver[] = [];
  return {
    server,
    async open(env = {}) {
      const driver = await openStore(`hf://owner/weights?endpoint=${server.endpoint}`, {
        env: { HF_TOKEN: server.token, ...env },
        sleep: async () => undefined,
      });
      drivers.push(driver);
      return driver;
    },
    titles() {
      const commits = server.repository.history().map(({ title }) => title);
      return [...commits].reverse().slice(1);
    },
    async [Symbol.asyncDispose]() {
      // What a test left uncommitted may be refused now.
      await Promise.all(drivers.map((driver) => driver.close().catch(() => undefined)));
      await server.close();
    },
  };
}

export async function put(
  driver: Driver,
  at: string,
  content: Uint8Array | string,
  onlyIfAbsent = true,
): Promise<ObjectStat> {
  return await driver.write(at, bytesSource(Buffer.from(content), at), { onlyIfAbsent });
}

export async function bytesOf(driver: Driver, at: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of (await driver.read(at)).body) parts.push(part);
  return Buffer.concat(parts);
}

export async function keysOf(
  driver: Driver,
  depth: "deep" | "shallow" = "deep",
): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of driver.list("", { depth })) keys.push(entry.key);
  return keys.sort();
}
