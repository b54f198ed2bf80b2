/** Figures of one run by name: `fetch/1 GB, 8 connections: seconds`. */
export type Figures = Readonly<Record<string, number>>;

/** Leaves of which more is better; of all others less is. */
const rising = /perSecond|throughput|perCore|rates\.(?:one|two)\b|ratio(?:Json|Binary)\b/i;

/** Whether more of it is better. */
export const isRising = (name: string): boolean => rising.test(name);

type Report = Readonly<Record<string, unknown>>;

/**
 * The figures of a report of `npm run bench`: of a scenario with contestants our own time, memory and what it is of the
 * others' (which another machine changes least), and every number under `figures` or `rates`.
 *
 * @param name of the report: `fetch`, `publish`, `serve`, `train`
 */
export function figuresOf(name: string, report: Report): Figures {
  const found: Record<string, number> = {};
  const put = (at: string, value: unknown): void => {
    if (typeof value === "number" && Number.isFinite(value)) found[at] = value;
  };
  for (const result of list(report["results"])) {
    const at = typeof result["name"] === "string" ? `${name}/${result["name"]}` : name;
    const [ours] = list(result["lines"]);
    put(`${at}: seconds`, ours?.["wallSeconds"]);
    put(`${at}: memory MB`, ours?.["memoryMb"]);
    for (const verdict of list(result["verdicts"])) {
      put(`${at}: of ${String(verdict["against"])}`, verdict["ratio"]);
    }
    for (const key of ["figures", "rates"]) leaves(result[key], `${at}: ${key}`, put);
  }
  return found;
}

function leaves(value: unknown, at: string, put: (at: string, value: unknown) => void): void {
  if (Array.isArray(value)) {
    for (const each of list(value)) {
      // A figure with its own name and bound; the bound is no measurement.
      if (typeof each["name"] === "string") put(`${at} ${each["name"]}`, each["value"]);
      else leaves(each, at, put);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, child] of Object.entries(value)) leaves(child, `${at}.${key}`, put);
  } else {
    put(at, value);
  }
}

const list = (value: unknown): readonly Report[] =>
  Array.isArray(value) ? (value as readonly Report[]) : [];
