import type { RecentEvents, ServerEvent } from "@plimsoll/api";
import type { ReactNode } from "react";
import type { Live } from "../../client/use-live.ts";
import { ago } from "../../format/ago.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loading } from "../../parts/loading.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import type { Tone } from "../../parts/tone.ts";

const tones: Readonly<Record<string, Tone>> = {
  failed: "bad",
  crashed: "bad",
  timeout: "bad",
  "rolled-back": "warn",
  evicted: "warn",
  loaded: "good",
  swapped: "good",
  promoted: "accent",
};

/** What happened last, newest first. */
export function EventsCard({ live }: { readonly live: Live<RecentEvents> }): ReactNode {
  const { data, problem } = live;
  return (
    <Card title="Recent events" flush>
      {problem && problem.status !== 0 && <ProblemNotice problem={problem} />}
      {!data && !problem && <Loading rows={4} />}
      {data?.events.length === 0 && <Empty title="Nothing has happened since the start" />}
      {data && data.events.length > 0 && (
        <ol className="events" tabIndex={0} aria-label="Events">
          {data.events.slice(0, 100).map((event) => (
            <EventLine key={event.id} event={event} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function EventLine({ event }: { readonly event: ServerEvent }): ReactNode {
  return (
    <li>
      <time dateTime={event.at} title={event.at}>
        {ago(event.at)}
      </time>
      <span className="row event-what">
        <Badge tone={tones[event.type] ?? "neutral"}>{event.type}</Badge>
        {event.model && <strong className="wrap-anywhere">{event.model}</strong>}
        {event.version && <span className="mono">{event.version}</span>}
        {event.code && <span className="mono">{event.code}</span>}
        {event.message && <span className="soft wrap-anywhere">{event.message}</span>}
      </span>
    </li>
  );
}
