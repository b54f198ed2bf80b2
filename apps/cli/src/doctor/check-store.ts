import { randomBytes } from "node:crypto";
import { bytesSource, type Driver, type StoreKind } from "@plimsoll/storage";
import { toFailure } from "../failure.ts";
import { bytesText } from "../text/quantity.ts";
import type { Finding } from "./finding.ts";
import { storeFix } from "./store-fix.ts";

export interface CheckStoreOptions {
  readonly kind: StoreKind;
  /** Also writes and removes a probe object. */
  readonly write: boolean;
  readonly signal: AbortSignal;
}

interface Listed {
  readonly finding: Finding;
  /** An object to try to read. */
  readonly key?: string;
}

function broken(check: string, kind: StoreKind, error: unknown, signal: AbortSignal): Finding {
  const { code, message } = toFailure(error, signal);
  return { check, state: "broken", detail: `${code} ${message}`, fix: storeFix(kind, code), code };
}

async function list(driver: Driver, { kind, signal }: CheckStoreOptions): Promise<Listed> {
  const check = "store: list";
  try {
    for await (const entry of driver.list("", { signal })) {
      if (entry.type !== "object") continue;
      return {
        finding: { check, state: "ok", detail: `the first object is ${entry.key}` },
        key: entry.key,
      };
    }
    return { finding: { check, state: "ok", detail: "empty" } };
  } catch (error) {
    const finding = broken(check, kind, error, signal);
    if (kind !== "http" || finding.code !== "E_AUTH") return { finding };
    return {
      finding: { check, state: "skipped", detail: "a plain web server does not list what it has" },
    };
  }
}

async function read(
  driver: Driver,
  key: string | undefined,
  options: CheckStoreOptions,
): Promise<Finding> {
  const check = "store: read";
  const { kind, signal } = options;
  try {
    if (key === undefined) {
      // Nothing is known to be there: that the host answers at all is what can be seen.
      await driver.stat("plimsoll-doctor/absent", { signal });
      return { check, state: "ok", detail: "the host answers; there is no known object to read" };
    }
    const { stat, body } = await driver.read(key, { signal });
    for await (const bytes of body) {
      if (bytes.length > 0) break;
    }
    return { check, state: "ok", detail: `${key}, ${bytesText(stat.size)}` };
  } catch (error) {
    return broken(check, kind, error, signal);
  }
}

async function write(driver: Driver, options: CheckStoreOptions): Promise<Finding> {
  const check = "store: write";
  const { kind, signal } = options;
  const key = `plimsoll-doctor/probe-${randomBytes(8).toString("hex")}`;
  const source = bytesSource(randomBytes(64), "doctor's probe");
  try {
    await driver.write(key, source, { onlyIfAbsent: true, signal });
    try {
      const stat = await driver.stat(key, { signal });
      if (stat?.size !== source.size) {
        const detail = `a probe of ${source.size} bytes came back as ${stat?.size ?? "nothing"}`;
        return {
          check,
          state: "broken",
          detail,
          fix: "the host does not keep what it is given",
          code: "E_SIZE",
        };
      }
      const isGuarded = await driver.write(key, source, { onlyIfAbsent: true, signal }).then(
        () => false,
        (error: unknown) => toFailure(error).code === "E_EXISTS",
      );
      if (isGuarded)
        return {
          check,
          state: "ok",
          detail: "a probe was written, protected from overwriting, and removed",
        };
      return {
        check,
        state: "warning",
        detail: "a probe was written and removed, but the host let it be overwritten",
        fix: "two publishers of one version at once can mix there: publish from one place only",
      };
    } finally {
      await driver.remove(key);
    }
  } catch (error) {
    return broken(check, kind, error, signal);
  }
}

/** Tries what a reader and, with `write`, a publisher does with a store. */
export async function checkStore(
  driver: Driver,
  options: CheckStoreOptions,
): Promise<readonly Finding[]> {
  const listed = await list(driver, options);
  const findings = [listed.finding, await read(driver, listed.key, options)];
  if (options.write) findings.push(await write(driver, options));
  else findings.push({ check: "store: write", state: "skipped", detail: "asked for with --write" });
  return findings;
}
