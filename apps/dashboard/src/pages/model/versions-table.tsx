import type { ModelDetails } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { PromoteDialog } from "../../actions/promote-dialog.tsx";
import { useAccess } from "../../client/use-access.ts";
import { ago } from "../../format/ago.ts";
import { bytes } from "../../format/bytes.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Digest } from "../../parts/digest.tsx";
import { Empty } from "../../parts/empty.tsx";

type Version = ModelDetails["versions"][number];

const columns: readonly Column[] = [
  { name: "Version" },
  { name: "Published" },
  { name: "Files and sizes" },
  { name: "Metrics" },
  { name: "Update costs", right: true },
];
const actions: Column = { name: "Actions", hidden: true };

/** Every version, newest first, with its files and what moving to it would cost. */
export function VersionsTable({ details }: { readonly details: ModelDetails }): ReactNode {
  const { adminToken } = useAccess();
  const [promoting, setPromoting] = useState<string>();
  const names = details.versions.map(({ version }) => version);
  if (details.versions.length === 0) {
    return (
      <Card title="Versions">
        <Empty title="The store has no version of this model" />
      </Card>
    );
  }
  return (
    <Card title="Versions, newest first" flush>
      <DataTable label="Versions" columns={adminToken ? [...columns, actions] : columns}>
        {details.versions.map((version) => (
          <VersionRow
            key={version.version}
            version={version}
            details={details}
            {...(adminToken ? { promote: () => setPromoting(version.version) } : {})}
          />
        ))}
      </DataTable>
      {promoting && (
        <PromoteDialog
          model={details.model.model}
          versions={names}
          version={promoting}
          onClose={() => setPromoting(undefined)}
        />
      )}
    </Card>
  );
}

function VersionRow(props: {
  readonly version: Version;
  readonly details: ModelDetails;
  readonly promote?: () => void;
}): ReactNode {
  const { version, details } = props;
  const { model } = details;
  const total = version.files.reduce((sum, { size }) => sum + size, 0);
  const channels = Object.entries(model.channels).filter(([, name]) => name === version.version);
  const answers = model.serving.some((one) => one.version === version.version);
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        <span className="mono">{version.version}</span>
        <span className="row version-badges">
          {answers && <Badge tone="good">answers</Badge>}
          {channels.map(([channel]) => (
            <Badge key={channel} tone="accent">
              {channel}
            </Badge>
          ))}
          {version.yanked && (
            <Badge tone="bad" title={version.yankReason ?? "withdrawn"}>
              withdrawn
            </Badge>
          )}
        </span>
      </th>
      <td role="cell" data-label="Published" className="nowrap">
        <time dateTime={version.createdAt} title={version.createdAt}>
          {ago(version.createdAt)}
        </time>
      </td>
      <td role="cell" data-label="Files">
        <details>
          <summary className="nowrap">
            {version.files.length} {version.files.length === 1 ? "file" : "files"}, {bytes(total)}
          </summary>
          <ul className="file-list">
            {version.files.map((file) => (
              <li key={file.name}>
                <span className="wrap-anywhere">{file.name}</span>
                <span className="soft nowrap">{bytes(file.size)}</span>
                <span className="soft">
                  <Digest value={file.checksum} />
                </span>
              </li>
            ))}
          </ul>
        </details>
      </td>
      <td role="cell" data-label="Metrics" className="nowrap small">
        {Object.entries(version.metrics ?? {})
          .slice(0, 2)
          .map(([name, value]) => (
            <span key={name} className="metric-line">
              <span className="soft">{name}</span> {Number(value.toPrecision(4))}
            </span>
          ))}
        {!version.metrics && "–"}
      </td>
      <td
        role="cell"
        data-label="Update costs"
        className="right nowrap"
        title="Bytes to fetch, coming from the version that answers"
      >
        {answers ? "–" : bytes(version.updateBytes)}
      </td>
      {props.promote && (
        <td role="cell" className="right">
          <button
            type="button"
            className="button"
            data-size="small"
            onClick={props.promote}
            disabled={version.yanked}
            aria-label={`Promote ${version.version}`}
          >
            Promote
          </button>
        </td>
      )}
    </tr>
  );
}
