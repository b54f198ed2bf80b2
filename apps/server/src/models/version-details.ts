import type { MetricSeries, VersionDetails } from "@plimsoll/api";
import type { ModelFiles } from "@plimsoll/inference";
import { type ModelMetadata, readMetadata } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { type ListedVersion, readRelease, type Yanked } from "@plimsoll/weights";
import { isServed } from "./servable.ts";

export interface DescribedVersion {
  readonly details: VersionDetails;
  readonly metadata: ModelMetadata | undefined;
}

/** One version as its manifest tells it; one that cannot be read has no files. */
export async function versionDetails(
  driver: Driver,
  model: string,
  { version, publishedAt, isYanked }: ListedVersion,
  known: { readonly serving: ModelFiles | undefined; readonly yanked: Yanked | undefined },
): Promise<DescribedVersion> {
  const release = await readRelease(driver, model, version, { allowYanked: true }).catch(
    () => undefined,
  );
  const manifest = release?.manifest.manifest;
  const metadata =
    manifest?.metadata === undefined ? undefined : readMetadata(manifest.metadata, version);
  const files = [...(manifest?.weights ?? [])].map(([name, entry]) => ({
    name,
    size: entry.size ?? Math.round((entry.size_mb ?? 0) * 1024 * 1024),
    checksum: entry.checksum ?? "",
  }));
  const here = new Set(known.serving?.files.map(({ sha256 }) => sha256));
  const missing = files.filter(({ name, checksum }) => isServed(name) && !here.has(checksum));
  const createdAt = manifest?.created_at ?? publishedAt?.toISOString();
  const metrics = metricsOf(metadata);
  return {
    metadata,
    details: {
      version,
      ...(createdAt !== undefined && { createdAt }),
      files,
      ...(Object.keys(metrics).length > 0 && { metrics }),
      yanked: isYanked ?? false,
      ...(known.yanked && { yankReason: known.yanked.reason }),
      updateBytes: missing.reduce((sum, { size }) => sum + size, 0),
    },
  };
}

/** Every metric over the versions, oldest first; `versions` are newest first. */
export function metricSeries(versions: readonly DescribedVersion[]): MetricSeries[] {
  const series = new Map<string, { version: string; value: number }[]>();
  for (const { details, metadata } of versions.toReversed()) {
    for (const [name, value] of Object.entries(metricsOf(metadata))) {
      const points = series.get(name) ?? [];
      points.push({ version: details.version, value });
      series.set(name, points);
    }
  }
  return [...series].map(([name, points]) => ({ name, points }));
}

function metricsOf(metadata: ModelMetadata | undefined): Record<string, number> {
  const { accuracy, metrics } = metadata ?? {};
  return { ...(accuracy !== undefined && { accuracy }), ...metrics };
}
