import { expect, test } from "@jest/globals";
import { checkMachine } from "./check-machine.ts";

const states = (nodeVersion: string, env: Record<string, string> = {}) =>
  checkMachine({ nodeVersion, env }).map(({ check, state }) => `${check} ${state}`);

test("Node: too old is broken, past its end of life a warning", () => {
  expect(states("18.20.0")[0]).toBe("node broken");
  expect(states("20.18.3")[0]).toBe("node broken");
  expect(states("20.19.0")[0]).toBe("node warning");
  expect(states("24.2.0")[0]).toBe("node ok");
});

test("N16: certificates that are not checked are a warning, in production broken", () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  expect(states("24.2.0")[1]).toBe("TLS ok");
  expect(states("24.2.0", env)[1]).toBe("TLS warning");
  expect(states("24.2.0", { ...env, NODE_ENV: "production" })[1]).toBe("TLS broken");
});

test("what is not fine says what to do", () => {
  for (const finding of checkMachine({
    nodeVersion: "16.0.0",
    env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
  })) {
    expect(finding.fix).toBeDefined();
  }
});
