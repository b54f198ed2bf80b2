import { environmentStore } from "@plimsoll/storage/environment";
import { toFailure } from "../failure.ts";
import type { Io } from "../io.ts";
import { placeholder } from "../placeholder.ts";
import type { Finding } from "./finding.ts";

/** Variables of the contract that a copied example leaves with a stand-in. */
const variables = [
  "ADMIN_TOKEN",
  "API_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "GITHUB_TOKEN",
  "HF_TOKEN",
  "MODEL_STORE",
  "S3_ACCESS_KEY",
  "S3_BUCKET",
  "S3_ENDPOINT_URL",
  "S3_SECRET_KEY",
] as const;

export interface CheckEnvironmentOptions {
  /** The config's headers with their variables filled in; throws for one that is not set. */
  readonly headers: () => unknown;
  /** The config serves models. */
  readonly serves: boolean;
}

/** Whether the platform's environment has what the settings need. */
export function checkEnvironment(
  env: Io["env"],
  { headers, serves }: CheckEnvironmentOptions,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const name of variables) {
    const value = env[name];
    if (value === undefined || !(placeholder.test(value) || /^your[_-]/i.test(value))) continue;
    findings.push({
      check: `environment: ${name}`,
      state: "broken",
      detail: "still holds an example's stand-in",
      fix: "set it to the real value where the platform keeps its secrets",
      code: "E_USAGE",
    });
  }
  const attempt = (check: string, act: () => unknown): void => {
    try {
      act();
    } catch (error) {
      const { code, message } = toFailure(error);
      findings.push({
        check,
        state: "broken",
        detail: message,
        fix: "set it on the platform",
        code,
      });
    }
  };
  attempt("environment: store", () => environmentStore(env));
  attempt("environment: headers", headers);
  const port = env["PORT"];
  if (port !== undefined && !(/^[0-9]{1,5}$/.test(port) && Number(port) < 65_536)) {
    findings.push({
      check: "environment: PORT",
      state: "broken",
      detail: "not a port from 0 to 65535",
      fix: "unset it, or give a number",
      code: "E_USAGE",
    });
  }
  if (serves && !env["ADMIN_TOKEN"]) {
    findings.push({
      check: "environment: ADMIN_TOKEN",
      state: "warning",
      detail: "not set: the admin routes, reload-models among them, do not exist then",
      fix: "node -e \"console.log(crypto.randomBytes(32).toString('base64url'))\" makes one",
    });
  }
  if (findings.length > 0) return findings;
  return [{ check: "environment", state: "ok", detail: "nothing that is needed is missing" }];
}
