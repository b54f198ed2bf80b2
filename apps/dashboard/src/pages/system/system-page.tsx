import type { CacheStatusAnswer, RecentEvents, SystemAnswer } from "@plimsoll/api";
import type { ReactNode } from "react";
import { useAccess } from "../../client/use-access.ts";
import { useLive } from "../../client/use-live.ts";
import { bytes } from "../../format/bytes.ts";
import { duration } from "../../format/duration.ts";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Loading } from "../../parts/loading.tsx";
import { LockedNotice } from "../../parts/locked-notice.tsx";
import { Meter } from "../../parts/meter.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { CacheCard } from "./cache-card.tsx";
import { CacheFiles } from "./cache-files.tsx";
import { EventsCard } from "./events-card.tsx";
import { PublicCache } from "./public-cache.tsx";
import { ReplicasCard } from "./replicas-card.tsx";
import { StoresCard } from "./stores-card.tsx";

/** The machine room: cache, stores, replicas, memory, and what happened. */
export function SystemPage(): ReactNode {
  const { adminToken } = useAccess();
  return (
    <Page title="System" lead="Cache, stores, replicas and memory of this server.">
      {adminToken ? (
        <OpenSystem />
      ) : (
        <>
          <LockedNotice what="Stores, replicas, memory and events" />
          <PublicCache />
        </>
      )}
    </Page>
  );
}

function OpenSystem(): ReactNode {
  const { data, problem } = useLive<SystemAnswer>("/api/v1/admin/system", 3000);
  const events = useLive<RecentEvents>("/api/v1/admin/events/recent", 5000);
  const { data: cache } = useLive<CacheStatusAnswer>("/api/cache-status", 5000);
  const blank = "\u00a0";
  return (
    <>
      {problem && problem.status !== 0 && <ProblemNotice problem={problem} />}
      <Facts
        figures
        facts={[
          { name: "Running for", value: data ? duration(data.uptime * 1000) : blank },
          { name: "Server version", value: data?.version ?? blank },
          { name: "Requests in flight", value: data?.requestsInFlight ?? blank },
          { name: "Models in memory", value: data ? bytes(data.memory.models) : blank },
        ]}
      />
      <div className="columns">
        {data ? (
          <CacheCard cache={data.cache} />
        ) : (
          <section className="card">
            <Loading rows={6} />
          </section>
        )}
        {data ? (
          <MemoryCard memory={data.memory} />
        ) : (
          <section className="card">
            <Loading rows={6} />
          </section>
        )}
      </div>
      {/* Nothing stands below what is still to come: it would be pushed down. */}
      {data && <StoresCard stores={data.stores} />}
      {data && <ReplicasCard replicas={data.replicas} />}
      {(data || problem) && <EventsCard live={events} />}
      {data && events.data && cache && <CacheFiles data={cache} />}
    </>
  );
}

function MemoryCard({ memory }: { readonly memory: SystemAnswer["memory"] }): ReactNode {
  const { rss, models, budget, limit } = memory;
  return (
    <Card title="Memory">
      {budget !== null && (
        <div className="stack-tight">
          <p className="row row-spread small">
            <span>Models, of their budget</span>
            <span className="num">
              {bytes(models)} of {bytes(budget)}
            </span>
          </p>
          <Meter
            value={models / budget}
            label="Memory of the models, of their budget"
            tone={models > budget ? "bad" : "accent"}
          />
        </div>
      )}
      <Facts
        facts={[
          { name: "Server process", value: bytes(rss) },
          { name: "Models", value: bytes(models), note: "one process each" },
          { name: "Budget", value: budget === null ? "none" : bytes(budget) },
          { name: "Limit of the container", value: limit === null ? "none" : bytes(limit) },
        ]}
      />
    </Card>
  );
}
