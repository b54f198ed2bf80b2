/**
 * `npx nx run deploy --store <store> --url <replica>…`: puts the release that a manifest pins into service: channel,
 * reload of every replica, wait for its digest, watch, and back again if something is wrong. Exit code 0, 10 when it
 * was rolled back, 1 when even that failed.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseManifest, pemText, readSigningKey } from "@plimsoll/manifest";
import { openStore } from "@plimsoll/storage";
import { issuer } from "@plimsoll/weights";
import { complain } from "./complain.ts";
import { deployRelease } from "./deploy/deploy-release.ts";
import { kubernetes, type Platform, railway, renderHook } from "./deploy/platforms.ts";
import { serverClient } from "./smoke/server-client.ts";
import { expectedOf } from "./smoke/smoke-test.ts";

const usage = `npx nx run deploy --store <store> [--url <replica>]… [options]
  --manifest <file>        the release (default: weights/manifest.json)
  --channel <name>         default: production
  --model <name>           default: the manifest's
  --canary <1-99>          that share of the first replica's requests first
  --canary-seconds <s>     default: 30
  --watch-seconds <s>      default: 60
  --wait-seconds <s>       until the digest is served; default: 300
  --max-error-rate <0-1>   default: 0
  --require <gate>         as of plimsoll promote; repeatable
  --require-smoke          a recorded smoke test that passed
  --kubernetes <name>      roll a deployment out (kubectl); --namespace <name>
The environment gives ADMIN_TOKEN and API_KEY of the replicas, RENDER_DEPLOY_HOOK, RAILWAY_TOKEN with
RAILWAY_SERVICE_ID and RAILWAY_ENVIRONMENT_ID, and PLIMSOLL_SIGNING_KEY.`;

function seconds(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value * 1000;
  throw new Error(`${flag} ${text}: seconds expected`);
}

function platforms(deployment: string | undefined, namespace: string | undefined): Platform[] {
  const {
    RENDER_DEPLOY_HOOK: hook,
    RAILWAY_TOKEN: token,
    RAILWAY_SERVICE_ID: service,
    RAILWAY_ENVIRONMENT_ID: environment,
  } = process.env;
  const found: Platform[] = [];
  if (hook) found.push(renderHook(hook));
  if (token) {
    if (!service || !environment) {
      throw new Error("RAILWAY_TOKEN needs RAILWAY_SERVICE_ID and RAILWAY_ENVIRONMENT_ID");
    }
    found.push(railway({ token, service, environment }));
  }
  if (deployment !== undefined) {
    found.push(kubernetes({ deployment, ...(namespace !== undefined && { namespace }) }));
  }
  return found;
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      store: { type: "string" },
      url: { type: "string", multiple: true, default: [] },
      manifest: { type: "string", default: "weights/manifest.json" },
      channel: { type: "string", default: "production" },
      model: { type: "string" },
      canary: { type: "string" },
      "canary-seconds": { type: "string" },
      "watch-seconds": { type: "string" },
      "wait-seconds": { type: "string" },
      "max-error-rate": { type: "string" },
      require: { type: "string", multiple: true },
      "require-smoke": { type: "boolean" },
      kubernetes: { type: "string" },
      namespace: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  if (values.store === undefined) throw new Error(`--store is missing:\n${usage}`);
  const { manifest } = parseManifest(await readFile(values.manifest), { source: values.manifest });
  const expected = expectedOf(manifest, values.model);
  const given = (name: string): string | undefined => process.env[name] || undefined;
  const [adminToken, apiKey, key] = ["ADMIN_TOKEN", "API_KEY", "PLIMSOLL_SIGNING_KEY"].map(given);
  const canary = values.canary === undefined ? undefined : Number(values.canary);
  if (canary !== undefined && !(canary >= 1 && canary <= 99)) {
    throw new Error(`--canary ${values.canary}: 1 to 99 of 100 expected`);
  }
  const canaryMs = seconds(values["canary-seconds"], "--canary-seconds");
  const watchMs = seconds(values["watch-seconds"], "--watch-seconds");
  const waitMs = seconds(values["wait-seconds"], "--wait-seconds");
  const rate = values["max-error-rate"];
  const store = await openStore(values.store);
  try {
    const targets = {
      store,
      // One variable holds one URL or several, as a CI variable does.
      servers: values.url
        .flatMap((urls) => urls.split(/[\s,]+/))
        .filter((url) => url !== "")
        .map((url) => serverClient(url, { apiKey, adminToken })),
      platforms: platforms(values.kubernetes, values.namespace),
    };
    const { outcome, version, previous, reason } = await deployRelease(targets, expected, {
      channel: values.channel,
      canary,
      ...(canaryMs !== undefined && { canaryMs }),
      ...(watchMs !== undefined && { watchMs }),
      ...(waitMs !== undefined && { waitMs }),
      ...(rate !== undefined && { maxErrorRate: Number(rate) }),
      require: values.require,
      requireSmoke: values["require-smoke"],
      issuedBy: issuer(process.env),
      ...(key !== undefined && {
        signingKeys: [
          readSigningKey(await pemText(key), process.env["PLIMSOLL_SIGNING_PASSPHRASE"]),
        ],
      }),
      log: (line) => console.log(line),
    });
    if (outcome === "deployed") {
      console.log(`deployed: ${expected.model} ${version} (before: ${previous ?? "nothing"})`);
      return;
    }
    console.error(
      outcome === "rolled-back"
        ? `rolled back: ${expected.model} is ${version} again: ${reason}`
        : `FAILED: ${reason}`,
    );
    process.exitCode = outcome === "rolled-back" ? 10 : 1;
  } finally {
    await store.close();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  complain("deploy", error);
}
