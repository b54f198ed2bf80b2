import type { StoreLocation } from "@plimsoll/storage";
import type { Io } from "../io.ts";
import type { Finding } from "./finding.ts";
import { storeFix } from "./store-fix.ts";

const check = "store: write";

interface Asking {
  readonly fetch: typeof fetch;
  readonly env: Io["env"];
  readonly signal: AbortSignal;
}

/**
 * Whether the token may publish to a GitHub or Hugging Face repository, by asking the host: a probe would leave a commit
 * or a draft there. Undefined for other kinds of stores.
 */
export async function checkRights(
  { kind, root, options }: StoreLocation,
  asking: Asking,
): Promise<Finding | undefined> {
  if (kind !== "github" && kind !== "huggingface") return undefined;
  const variable = kind === "github" ? "GITHUB_TOKEN" : "HF_TOKEN";
  const token = asking.env[variable];
  const broken = (detail: string): Finding => ({
    check,
    state: "broken",
    detail,
    fix: storeFix(kind, "E_AUTH"),
    code: "E_AUTH",
  });
  if (!token) return broken(`${variable} is not set: nobody publishes without it`);
  const url =
    kind === "github"
      ? `${options["api"] ?? "https://api.github.com"}/repos/${root}`
      : `${options["endpoint"] ?? "https://huggingface.co"}/api/whoami-v2`;
  let answer: Response;
  try {
    const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(20_000)]);
    answer = await asking.fetch(url, { headers: { authorization: `Bearer ${token}` }, signal });
  } catch {
    asking.signal.throwIfAborted();
    const detail = `${new URL(url).origin} did not answer`;
    return { check, state: "broken", detail, fix: storeFix(kind, "E_NETWORK"), code: "E_NETWORK" };
  }
  if (!answer.ok) return broken(`the host answers ${answer.status} to this token`);
  const body: unknown = await answer.json().catch(() => undefined);
  const may = kind === "github" ? mayPush(body) : mayWrite(body);
  if (may === undefined)
    return { check, state: "skipped", detail: "the host does not tell what this token may do" };
  if (!may) return broken(`this token may read, but not write`);
  return { check, state: "ok", detail: `this token may write to ${root}` };
}

/** GitHub's REST API: `permissions.push` of "Get a repository". */
function mayPush(body: unknown): boolean | undefined {
  const { permissions } = (body ?? {}) as { permissions?: { push?: unknown } };
  return typeof permissions?.push === "boolean" ? permissions.push : undefined;
}

/** The hub's `whoami-v2`: the role of the token; one with rights of its own says nothing about a single repository. */
function mayWrite(body: unknown): boolean | undefined {
  const { auth } = (body ?? {}) as { auth?: { accessToken?: { role?: unknown } } };
  const role = auth?.accessToken?.role;
  if (role === "write" || role === "admin") return true;
  return role === "read" ? false : undefined;
}
