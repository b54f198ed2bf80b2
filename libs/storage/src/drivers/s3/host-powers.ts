import type { S3Client } from "@aws-sdk/client-s3";

import type { DriverSettings } from "../driver-factory.ts";
import {
  probeCompleteOnly,
  probeCreateOnly,
  probeSwap,
  sweepProbes,
  type SwapForm,
} from "./host-probe.ts";
import { s3Code, s3Status } from "./s3-error.ts";
import type { S3Settings } from "./s3-settings.ts";

/** Conditional writes that a host has. What its table entry does not say is tried out once, at the first need. */
export interface HostPowers {
  /** `If-None-Match: *` on PutObject. */
  createOnly(): Promise<boolean>;
  /** `If-None-Match: *` on CompleteMultipartUpload. */
  completeOnly(): Promise<boolean>;
  /** `If-Match` on PutObject. */
  swap(): Promise<SwapForm>;
}

/**
 * Powers of the host behind a bucket. A probe writes small objects `.plimsoll/probe-…` and removes them again. Where
 * that is not allowed, or the host answers with an error, the power counts as missing, which is always safe; a host that
 * does not answer at all is an error, and is asked again the next time. Probes older than `maxAgeMs` are swept up first.
 */
export function hostPowers(
  client: S3Client,
  settings: S3Settings,
  { log, clock }: Pick<DriverSettings, "log" | "clock">,
  maxAgeMs: number,
): HostPowers {
  const { host, bucket } = settings;
  // Best effort: a key that may not list or delete can still probe.
  const sweep = once<void>(undefined, () =>
    sweepProbes(client, settings, clock.now(), maxAgeMs).catch(() => undefined),
  );

  const ask = async <T>(header: string, missing: T, probe: () => Promise<T>): Promise<T> => {
    await sweep();
    let reason = "";
    const answer = await probe().catch((error: unknown) => {
      if (s3Status(error) === undefined) throw error;
      reason = ` (${s3Code(error)})`;
      return missing;
    });
    if (answer === missing) log(`s3://${bucket}: ${host.name} without ${header}${reason}`);
    return answer;
  };

  return {
    createOnly: once(host.createOnly, () =>
      ask("If-None-Match on PutObject", false, () => probeCreateOnly(client, settings)),
    ),
    completeOnly: once(host.completeOnly, () =>
      ask("If-None-Match on CompleteMultipartUpload", false, () =>
        probeCompleteOnly(client, settings),
      ),
    ),
    swap: once<SwapForm>(swapForm(host.swap), () =>
      ask<SwapForm>("If-Match on PutObject", "none", () => probeSwap(client, settings)),
    ),
  };
}

function swapForm(known: boolean | undefined): SwapForm | undefined {
  return known === undefined ? undefined : known ? "quoted" : "none";
}

function once<T>(known: T | undefined, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined = known === undefined ? undefined : Promise.resolve<T>(known);
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}
