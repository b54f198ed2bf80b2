import type { HostPrices } from "./prices.ts";

/** What is stored and fetched in a month. */
export interface Usage {
  /** Bytes of each file of one version. */
  readonly sizes: readonly number[];
  /** Complete downloads of the version a month. */
  readonly downloads: number;
  /** Versions that are stored at the same time. */
  readonly versions: number;
  /** Versions published a month. */
  readonly publishes: number;
  /** Bytes that a reader asks for by one request. */
  readonly requestBytes: number;
  /** Bytes of a part of a multipart upload. */
  readonly partBytes: number;
}

/** Requests and bytes of a month. */
export interface Traffic {
  readonly storedGb: number;
  readonly egressGb: number;
  readonly writes: number;
  readonly reads: number;
}

/** US dollars a month; undefined where the price is not known. */
export interface Estimate {
  readonly host: string;
  readonly storage: number | undefined;
  readonly requests: number | undefined;
  readonly egress: number | undefined;
  /** Of what is known; undefined where a part is not. */
  readonly total: number | undefined;
}

const gb = 2 ** 30;
/** SHA256SUMS and the manifest; the manifest is what a reader asks for beside the files. */
const documentsWritten = 2;
const documentsRead = 1;

/** What a month of this usage moves. A multipart upload takes two requests beside its parts. */
export function trafficOf(usage: Usage): Traffic {
  const { sizes, downloads, versions, publishes, requestBytes, partBytes } = usage;
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const pieces = (size: number, of: number): number => Math.max(1, Math.ceil(size / of));
  const writesOf = (size: number): number => (size <= partBytes ? 1 : pieces(size, partBytes) + 2);
  const sum = (each: (size: number) => number): number =>
    sizes.reduce((total, size) => total + each(size), 0);
  return {
    storedGb: (bytes * versions) / gb,
    egressGb: (bytes * downloads) / gb,
    writes: publishes * (sum(writesOf) + documentsWritten),
    reads: downloads * (sum((size) => pieces(size, requestBytes)) + documentsRead),
  };
}

/** What a host charges for a month of this traffic. */
export function estimate(prices: HostPrices, traffic: Traffic): Estimate {
  const { host, storagePerGb, egressPerGb, writesPer1000, readsPer1000, plan } = prices;
  const beyond = (amount: number, included = 0): number => Math.max(0, amount - included);
  const storage =
    storagePerGb === undefined
      ? undefined
      : (plan?.perMonth ?? 0) + beyond(traffic.storedGb, plan?.storageGb) * storagePerGb;
  const egress =
    egressPerGb === undefined ? undefined : beyond(traffic.egressGb, plan?.egressGb) * egressPerGb;
  const requests =
    writesPer1000 === undefined || readsPer1000 === undefined
      ? undefined
      : (beyond(traffic.writes, plan?.writes) * writesPer1000 +
          beyond(traffic.reads, plan?.reads) * readsPer1000) /
        1000;
  const total =
    storage === undefined || egress === undefined || requests === undefined
      ? undefined
      : storage + egress + requests;
  return { host, storage, requests, egress, total };
}
