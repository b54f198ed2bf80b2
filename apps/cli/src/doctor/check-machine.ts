import type { Io } from "../io.ts";
import type { Finding } from "./finding.ts";

/** Facts about the running Node, given by the caller so that tests choose them. */
export interface Machine {
  /** `20.19.1` */
  readonly nodeVersion: string;
  readonly env: Io["env"];
}

/** Below this nothing is tested; `engines` of the package says the same. */
const minimum = [20, 19] as const;

/** Lowest major version that its makers still mend. */
const supportedMajor = 22;

function checkNode(nodeVersion: string): Finding {
  const check = "node";
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  const fix = "install Node 24 or 22";
  if (major < minimum[0] || (major === minimum[0] && minor < minimum[1])) {
    const detail = `${nodeVersion}, at least ${minimum.join(".")} is needed`;
    return { check, state: "broken", detail, fix, code: "E_USAGE" };
  }
  if (major < supportedMajor) {
    return {
      check,
      state: "warning",
      detail: `${nodeVersion} works, but gets no security fixes any more`,
      fix,
    };
  }
  return { check, state: "ok", detail: nodeVersion };
}

function checkTls(env: Io["env"]): Finding {
  const check = "TLS";
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") {
    return { check, state: "ok", detail: "certificates are checked" };
  }
  return {
    check,
    state: env["NODE_ENV"] === "production" ? "broken" : "warning",
    detail: "NODE_TLS_REJECT_UNAUTHORIZED=0: anyone on the way can answer for a store",
    fix: "unset it; a private certificate authority goes into NODE_EXTRA_CA_CERTS=/path/ca.pem",
    code: "E_USAGE",
  };
}

/** Node's version and settings that weaken every download. */
export function checkMachine(machine: Machine): readonly Finding[] {
  return [checkNode(machine.nodeVersion), checkTls(machine.env)];
}
