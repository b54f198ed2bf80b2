import type {
  ChannelAnswer,
  ConfigAnswer,
  ModelSettings,
  PromoteRequest,
  RollbackRequest,
  TrafficRequest,
} from "@plimsoll/api";
import {
  issuer,
  promoteRelease,
  promotionRefusal,
  readPointer,
  readRelease,
  rollbackChannel,
} from "@plimsoll/weights";
import { ServerError } from "../error.ts";
import { codeOf } from "./code-of.ts";
import type { ModelEntry } from "./model-set.ts";
import type { ServingContext } from "./serving-context.ts";
import type { StoreLink } from "./store-link.ts";

/** Moves a channel to a version, if its gates let it, and follows it here at once. */
export async function promote(
  context: ServingContext,
  name: string,
  request: PromoteRequest,
): Promise<ChannelAnswer> {
  const entry = await context.find(name);
  const { channel, version, require, expect, dryRun = false } = request;
  const link = storeOf(entry);
  const model = entry.name;
  const { keys, attestation } = context.options;
  if (dryRun) {
    const { from, reason } = await link.use(async (store) => {
      const found = await readRelease(store, model, version, { keys, attestation });
      const current = (await readPointer(store, model, channel, { keys }))?.pointer;
      const gates = { store, keys, require, expect };
      return { from: current?.version, reason: await promotionRefusal(found, current, gates) };
    });
    return answer(entry, channel, from, version, { dryRun, moved: false, reason });
  }
  const move = await asRefusal(() =>
    link.write((store) =>
      promoteRelease({
        ...writer(context),
        store,
        model,
        channel,
        release: version,
        require,
        expect,
      }),
    ),
  );
  await moved(context, entry, "promoted", version);
  return answer(entry, channel, move.previous, version, { dryRun, moved: move.moved });
}

/** Points a channel back to what it named before, and follows it here at once. */
export async function rollback(
  context: ServingContext,
  name: string,
  request: RollbackRequest,
): Promise<ChannelAnswer> {
  const entry = await context.find(name);
  const { channel, expect, dryRun = false } = request;
  const link = storeOf(entry);
  const model = entry.name;
  const { keys } = context.options;
  const pointer = await link.use(async (driver) => readPointer(driver, model, channel, { keys }));
  const from = pointer?.pointer.version;
  if (expect !== undefined && expect !== (from ?? "none")) {
    throw new ServerError(
      "E_CONFLICT",
      409,
      `${channel} of ${model} names ${from ?? "none"} now, not ${expect}: look again`,
    );
  }
  if (dryRun) {
    const to = pointer?.pointer.history.find(({ version }) => version !== from)?.version;
    if (to === undefined) {
      throw new ServerError("E_NOT_FOUND", 404, `${channel} of ${model}: nothing to go back to`);
    }
    return answer(entry, channel, from, to, { dryRun, moved: false });
  }
  const move = await asRefusal(() =>
    link.write((store) => rollbackChannel({ ...writer(context), store, model, channel })),
  );
  const to = move.pointer.version;
  await moved(context, entry, "rolled-back", to);
  return answer(entry, channel, move.previous, to, { dryRun, moved: move.moved });
}

/** Changes the shares of versions in `config.json`, and nothing else of it. */
export async function setTraffic(
  context: ServingContext,
  name: string,
  { weights, shadow, dryRun }: TrafficRequest,
): Promise<ConfigAnswer> {
  const entry = await context.find(name);
  await entry.served.ensure();
  await entry.config.look();
  const { value, etag } = entry.config.current();
  const { weights: _weights, shadow: oldShadow, ...rest } = value.traffic ?? {};
  const nextShadow = shadow === undefined ? oldShadow : (shadow ?? undefined);
  const traffic = {
    ...rest,
    ...(Object.keys(weights).length > 0 && { weights }),
    ...(nextShadow !== undefined && { shadow: nextShadow }),
  };
  const settings = { ...value, traffic };
  const options = { dryRun, ...(etag !== null && { ifMatch: etag }) };
  return await setConfig(context, name, settings, options, "traffic");
}

/** Replaces `config.json` and applies it here; the others find it at their next look. */
export async function setConfig(
  context: ServingContext,
  name: string,
  settings: ModelSettings,
  options: { readonly ifMatch?: string | undefined; readonly dryRun?: boolean | undefined },
  event: "traffic" | "config" = "config",
): Promise<ConfigAnswer> {
  const { name: model, config } = await context.find(name);
  const { dryRun = false } = options;
  const { value, etag, scope } = await config.write(settings, options);
  if (!dryRun) {
    if (event === "traffic") context.events.add({ type: "traffic", model, message: "changed" });
    if (scope === "all") await context.fanOut().tell(model);
  }
  const message = dryRun
    ? "would be applied"
    : scope === "all"
      ? "applied here, and by every replica at its next look"
      : "applied by this server alone: the store takes no writes";
  return { model, value, etag, dryRun, scope, message };
}

function storeOf({ name, link }: ModelEntry): StoreLink {
  if (link !== undefined) return link;
  throw new ServerError("E_CONFLICT", 409, `${name}: local, and no store has channels of it`);
}

function writer({ options, now }: ServingContext) {
  const { keys, attestation, signingKeys, env = process.env } = options;
  return { keys, attestation, signingKeys, issuedBy: issuer(env), now: () => new Date(now()) };
}

async function moved(
  { events, fanOut, converge }: ServingContext,
  { name }: ModelEntry,
  type: string,
  version: string,
): Promise<void> {
  events.add({ type, model: name, version });
  await converge.look(name);
  await fanOut().tell(name);
}

/** A gate that refuses and a lost race are the client's to know. */
async function asRefusal<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error) ?? "";
    if (!["E_GATE", "E_CONFLICT"].includes(code)) throw error;
    throw new ServerError("E_CONFLICT", 409, (error as Error).message, { cause: error });
  }
}

function answer(
  { name }: ModelEntry,
  channel: string,
  from: string | undefined,
  to: string,
  facts: {
    readonly dryRun: boolean;
    readonly moved: boolean;
    readonly reason?: string | undefined;
  },
): ChannelAnswer {
  const { dryRun, moved: isMoved, reason } = facts;
  const verb = dryRun ? "would name" : "names";
  return {
    model: name,
    channel,
    from: from ?? null,
    to,
    dryRun,
    moved: isMoved,
    allowed: reason === undefined,
    message:
      reason ??
      `${channel} of ${name} ${verb} ${to}${from === undefined ? "" : `, before ${from}`}`,
    ...(reason !== undefined && { reason }),
  };
}
