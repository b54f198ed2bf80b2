import type { ModelSummary } from "@plimsoll/api";
import type { ReactNode } from "react";
import { bytes } from "../format/bytes.ts";
import { duration } from "../format/duration.ts";
import { share } from "../format/share.ts";
import { Badge } from "../parts/badge.tsx";
import { Digest } from "../parts/digest.tsx";
import { Icon } from "../parts/icon.tsx";
import { href } from "../route.ts";
import { locations, servingLine, tasks, trusts } from "./model-words.ts";

const columns = [
  { name: "Model", id: "name" },
  { name: "Answers with", id: "version" },
  { name: "Channels", id: "channels" },
  { name: "Where", id: "where" },
  { name: "Requests", id: "requests", right: true },
  {
    name: "p50 · p95",
    id: "latency",
    right: true,
    title: "Latency: half, and 95 % of the requests",
  },
  { name: "Errors", id: "errors", right: true },
  { name: "Digest", id: "digest" },
] as const;

/** The models as a table; on a narrow screen each row becomes a block of its own. */
export function ModelsTable({ models }: { readonly models: readonly ModelSummary[] }): ReactNode {
  return (
    <table className="table model-table" role="table">
      <caption className="visually-hidden">Models</caption>
      <colgroup>
        {columns.map(({ id }) => (
          <col key={id} className={`col-${id}`} />
        ))}
      </colgroup>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              role="columnheader"
              className={"right" in column ? "right" : undefined}
              title={"title" in column ? column.title : undefined}
            >
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {models.map((model) => (
          <ModelRow key={model.model} model={model} />
        ))}
      </tbody>
    </table>
  );
}

function ModelRow({ model }: { readonly model: ModelSummary }): ReactNode {
  const where = locations[model.location];
  const trust = trusts[model.trust];
  const asked = model.requests > 0;
  return (
    <tr role="row">
      <th scope="row" role="rowheader" className="cell-name">
        <span className="row">
          <a
            className="model-name"
            href={href({ page: "model", model: model.model })}
            title={model.model}
          >
            {model.model}
          </a>
          {model.pinned && (
            <span title="Pinned: stays in memory">
              <Icon name="pin" />
              <span className="visually-hidden">pinned</span>
            </span>
          )}
        </span>
        <span className="small soft cell-task">
          {model.task ? tasks[model.task] : "task unknown"}
        </span>
      </th>
      <td role="cell" data-label="Answers with">
        <span className="mono cell-version" title={servingLine(model)}>
          {servingLine(model)}
        </span>
        {model.failure && (
          <Badge tone="bad" title={`${model.failure.code} ${model.failure.message}`}>
            {model.failure.version} failed
          </Badge>
        )}
        {model.stale && (
          <Badge tone="warn" title="The store was out of reach: a newer version may exist">
            may be old
          </Badge>
        )}
      </td>
      <td role="cell" data-label="Channels">
        <ul className="channels">
          {Object.entries(model.channels).map(([channel, version]) => (
            <li key={channel} title={`${channel} ${version}`}>
              <span className="soft">{channel}</span>
              <span className="mono">{version}</span>
            </li>
          ))}
          {Object.keys(model.channels).length === 0 && <li>–</li>}
        </ul>
      </td>
      <td role="cell" data-label="Where">
        <Badge tone={where.tone} title={where.meaning}>
          {where.label}
        </Badge>
        {model.memoryBytes > 0 && (
          <span className="small soft cell-under" title="Memory of its process">
            {bytes(model.memoryBytes)}
          </span>
        )}
      </td>
      <td role="cell" className="right" data-label="Requests">
        {model.requests.toLocaleString("en")}
      </td>
      <td role="cell" className="right nowrap" data-label="p50 · p95">
        {asked ? `${duration(model.latency.p50)} · ${duration(model.latency.p95)}` : "–"}
      </td>
      <td role="cell" className="right" data-label="Errors">
        {asked ? share(model.errorRate) : "–"}
      </td>
      <td role="cell" data-label="Digest">
        <span className="cell-digest">
          <Digest value={model.digest} />
        </span>
        <span className="small soft cell-under" title={trust.meaning}>
          {trust.label}
        </span>
      </td>
    </tr>
  );
}
