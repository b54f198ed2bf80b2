import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A host that starts an app again by itself; it then takes what the channel names. */
export interface Platform {
  readonly name: string;
  /** Starts the deployment and gives a line about it. */
  deploy(): Promise<string>;
}

export interface PlatformOptions {
  readonly fetch?: typeof fetch;
  readonly run?: (program: string, args: readonly string[]) => Promise<string>;
}

const runProgram = async (program: string, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(program, args)).stdout;

/**
 * A deploy hook of Render: one POST to its secret URL starts a deployment
 * (https://render.com/docs/deploy-hooks). The URL is never printed.
 */
export function renderHook(url: string, options: PlatformOptions = {}): Platform {
  const send = options.fetch ?? fetch;
  return {
    name: "Render",
    async deploy() {
      const response = await send(url, { method: "POST", signal: AbortSignal.timeout(30_000) });
      if (!response.ok) throw new Error(`Render: the deploy hook answered ${response.status}`);
      const body = (await response.json().catch(() => ({}))) as {
        readonly deploy?: { readonly id?: string };
      };
      return `Render: deployment ${body.deploy?.id ?? "started"}`;
    },
  };
}

/**
 * Railway's public API (https://docs.railway.com/reference/public-api): deploys a service of an environment again.
 */
export function railway(
  target: { readonly token: string; readonly service: string; readonly environment: string },
  options: PlatformOptions & { readonly endpoint?: string } = {},
): Platform {
  const send = options.fetch ?? fetch;
  const endpoint = options.endpoint ?? "https://backboard.railway.com/graphql/v2";
  const { token, service, environment } = target;
  const query =
    "mutation ($service: String!, $environment: String!) { serviceInstanceRedeploy(serviceId: $service, environmentId: $environment) }";
  return {
    name: "Railway",
    async deploy() {
      const response = await send(endpoint, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ query, variables: { service, environment } }),
        signal: AbortSignal.timeout(30_000),
      });
      const body = (await response.json().catch(() => ({}))) as {
        readonly errors?: readonly { readonly message: string }[];
      };
      const [error] = body.errors ?? [];
      if (error !== undefined) throw new Error(`Railway: ${error.message}`);
      if (!response.ok) throw new Error(`Railway: answered ${response.status}`);
      return `Railway: service ${service} deploys again`;
    },
  };
}

/** A rollout of Kubernetes: pods are replaced one after the other, each when the next is ready. */
export function kubernetes(
  target: { readonly deployment: string; readonly namespace?: string },
  options: PlatformOptions = {},
): Platform {
  const run = options.run ?? runProgram;
  const { deployment, namespace } = target;
  const place = namespace === undefined ? [] : ["--namespace", namespace];
  const named = `deployment/${deployment}`;
  return {
    name: "Kubernetes",
    async deploy() {
      await run("kubectl", ["rollout", "restart", named, ...place]);
      await run("kubectl", ["rollout", "status", named, "--timeout=10m", ...place]);
      return `Kubernetes: ${named} rolled out`;
    },
  };
}
