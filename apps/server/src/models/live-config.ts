import type { ModelSettings } from "@plimsoll/api";
import type { ModelConfig, Models } from "@plimsoll/inference";
import type { JsonValue } from "@plimsoll/manifest";
import { bytesSource, type Driver } from "@plimsoll/storage";
import { ServerError } from "../error.ts";
import type { BesideVersions } from "./beside-versions.ts";
import { codeOf } from "./code-of.ts";
import { servingKeys } from "./serving-keys.ts";
import type { StoreLink } from "./store-link.ts";
import { readDocument, watchDocument } from "./watched-document.ts";

/** What is applied to a model now, and the etag of its document; null where the store has none. */
export interface AppliedConfig {
  readonly value: ModelSettings;
  readonly etag: string | null;
}

/** `models/<model>/config.json`: followed, applied without touching weights, and written. */
export interface LiveConfig {
  current(): AppliedConfig;
  /** Reads it if it changed, and applies it. A bad one is told and changes nothing. */
  look(): Promise<void>;
  /** Applies again what is known: after a swap. */
  reapply(): Promise<void>;
  /**
   * Writes and applies new settings. `ifMatch`: the etag that the document must have now, `*` for any.
   *
   * @throws ServerError 412 for another etag, 409 where another writer was first, 400 for settings that cannot be used.
   */
  write(
    settings: ModelSettings,
    options: { readonly ifMatch?: string | undefined; readonly dryRun?: boolean | undefined },
  ): Promise<AppliedConfig & { readonly scope: "local" | "all" }>;
}

export interface LiveConfigSetup {
  readonly model: string;
  readonly models: Models;
  readonly link: StoreLink | undefined;
  readonly beside: BesideVersions;
  /** The version that serves, or undefined while none is loaded. */
  readonly serving: () => string | undefined;
  readonly onApplied: () => void;
  readonly onRefused: (code: string, message: string) => void;
}

/** Versions that a configuration wants to be loaded. */
export function wantedVersions({ traffic }: ModelSettings): string[] {
  const shares = Object.entries(traffic?.weights ?? {}).filter(([, share]) => share > 0);
  const names = shares.map(([version]) => version);
  return [...new Set(traffic?.shadow === undefined ? names : [...names, traffic.shadow])];
}

export function liveConfig(setup: LiveConfigSetup): LiveConfig {
  const { model, models, link, beside } = setup;
  const key = servingKeys.config(model);
  const watch = watchDocument(key);
  let applied: AppliedConfig = { value: {}, etag: null };

  const apply = async (value: ModelSettings): Promise<void> => {
    if (setup.serving() !== undefined) {
      const wanted = wantedVersions(value).filter((version) => version !== setup.serving());
      for (const version of wanted) await beside.load(version);
      models.configure(model, value as ModelConfig);
      await beside.keepOnly(wanted);
    }
  };

  return {
    current: () => applied,
    async look() {
      if (link === undefined) return;
      const { seen, isNew } = await link.use((driver) => watch.look(driver));
      if (!isNew) return;
      const value = seen?.value ?? {};
      try {
        const settings = checkSettings(value, `${key} of ${model}`);
        // One that is not there and was not before changes nothing.
        if (seen === undefined && applied.etag === null) return;
        await apply(settings);
        applied = { value: settings, etag: seen?.etag ?? null };
        setup.onApplied();
      } catch (error) {
        setup.onRefused(codeOf(error) ?? "E_USAGE", (error as Error).message);
      }
    },
    async reapply() {
      if (Object.keys(applied.value).length === 0) return;
      try {
        await apply(applied.value);
      } catch (error) {
        setup.onRefused(codeOf(error) ?? "E_USAGE", (error as Error).message);
      }
    },
    async write(settings, { ifMatch, dryRun = false }) {
      checkSettings(settings as JsonValue, `settings of ${model}`);
      const before = await link?.use((driver) => etagOf(driver, key));
      expectMatch(before ?? null, ifMatch, model);
      if (dryRun) return { value: settings, etag: before ?? null, scope: "all" };
      await apply(settings);
      let etag: string | null = null;
      let scope: "local" | "all" = "local";
      try {
        const stored = await link?.write((driver) => put(driver, key, settings, before ?? null));
        if (stored !== undefined) {
          etag = stored;
          scope = "all";
        }
      } catch (error) {
        if (codeOf(error) !== "E_AUTH") {
          await apply(applied.value).catch(() => undefined);
          throw asConflict(error, model);
        }
      }
      applied = { value: settings, etag };
      setup.onApplied();
      return { ...applied, scope };
    },
  };
}

/** What is no object is refused here; the rest is the inference room's to judge. */
function checkSettings(value: JsonValue, source: string): ModelSettings {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as ModelSettings;
  }
  throw new ServerError("E_USAGE", 400, `${source}: not a JSON object`);
}

function expectMatch(etag: string | null, ifMatch: string | undefined, model: string): void {
  if (ifMatch === undefined || ifMatch === "*") return;
  if (unquoted(ifMatch) === (etag === null ? "" : unquoted(etag))) return;
  throw new ServerError(
    "E_CONFLICT",
    412,
    `${model}: its configuration was changed meanwhile: read it again, then change it`,
  );
}

const unquoted = (etag: string): string => etag.replace(/^"|"$/g, "");

async function etagOf(driver: Driver, key: string): Promise<string | undefined> {
  return (await driver.stat(key))?.etag;
}

async function put(
  driver: Driver,
  key: string,
  settings: ModelSettings,
  expected: string | null,
): Promise<string | null> {
  const bytes = Buffer.from(`${JSON.stringify(settings, undefined, 2)}\n`);
  const how = { contentType: "application/json" };
  const stat = driver.swap
    ? await driver.swap(key, bytes, { ...how, expected })
    : await driver.write(key, bytesSource(bytes, key), how);
  return stat.etag ?? (await readDocument(driver, key))?.stat.etag ?? null;
}

function asConflict(error: unknown, model: string): unknown {
  if (!["E_CONFLICT", "E_EXISTS"].includes(codeOf(error) ?? "")) return error;
  return new ServerError(
    "E_CONFLICT",
    409,
    `${model}: somebody else wrote its configuration at the same time: read it again`,
    { cause: error },
  );
}
