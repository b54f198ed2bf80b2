import type { CacheStatusAnswer } from "@plimsoll/api";
import type { ReactNode } from "react";
import { useLive } from "../../client/use-live.ts";
import { bytes } from "../../format/bytes.ts";
import { Facts } from "../../parts/facts.tsx";
import { CacheFiles } from "./cache-files.tsx";

/** The cache as anyone may see it. */
export function PublicCache(): ReactNode {
  const { data } = useLive<CacheStatusAnswer>("/api/cache-status", 5000);
  return (
    <>
      <Facts
        figures
        facts={[
          { name: "Cached files", value: data?.cached_files.length ?? "\u00a0" },
          { name: "Size", value: data ? bytes(data.total_size) : "\u00a0" },
          { name: "Hits", value: data?.hits.toLocaleString("en") ?? "\u00a0" },
          { name: "Misses", value: data?.misses.toLocaleString("en") ?? "\u00a0" },
        ]}
      />
      <CacheFiles data={data} />
    </>
  );
}
