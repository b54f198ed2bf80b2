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

  const ask = async <T>(missing: T, probe: () => Promise<T>): Promise<T> => {
    await sweep();
    return probe().catch((error: unknown) => {
      if (s3Status(error) === undefined) throw error;
      const where = `s3://${bucket}/${settings.keyPrefix}.plimsoll/`;
      log(
        `${where}: conditional writes could not be tried out (${s3Code(error)}), so none are used`,
      );
      return missing;
    });
  };

  return {
    createOnly: once(host.createOnly, async () => {
      const isThere = await ask(false, () => probeCreateOnly(client, settings));
      // The other two have fall-backs that keep every promise; for this one a person has to know.
      if (!isThere) {
        log(
          `s3://${bucket}: ${host.name} that cannot refuse to overwrite: publish from one place at a time`,
        );
      }
      return isThere;
    }),
    completeOnly: once(host.completeOnly, () =>
      ask(false, () => probeCompleteOnly(client, settings)),
    ),
    swap: once<SwapForm>(swapForm(host.swap), () =>
      ask<SwapForm>("none", () => probeSwap(client, settings)),
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
