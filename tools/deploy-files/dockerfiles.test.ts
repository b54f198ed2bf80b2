import { expect, test } from "@jest/globals";
import { readText } from "./project-files.ts";

const apps = ["server", "trainer"] as const;
const lines = (app: string): readonly string[] =>
  readText(`apps/${app}/Dockerfile`)
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
/** What the last stage says. */
const last = (app: string): readonly string[] => {
  const all = lines(app);
  return all.slice(all.findLastIndex((line) => line.startsWith("FROM ")));
};

test.each(apps)("%s: builds in one stage, runs in another that only has the result", (app) => {
  expect(lines(app).filter((line) => line.startsWith("FROM "))).toEqual([
    "FROM ${NODE_IMAGE} AS build",
    "FROM ${NODE_IMAGE}",
  ]);
  const copies = last(app).filter((line) => /^(?:COPY|ADD) /.test(line));
  expect(copies).toEqual(["COPY --from=build --chown=root:root /image /app"]);
});

test.each(apps)(
  "%s: runs as somebody who cannot change the program, and tells its health",
  (app) => {
    const stage = last(app);
    expect(stage).toContain("USER node");
    const afterUser = stage.slice(stage.indexOf("USER node"));
    expect(afterUser.some((line) => line.startsWith("RUN "))).toBe(false);
    expect(
      stage.some((line) => /^HEALTHCHECK .*CMD \["node", "-e", .*\/health\/live/.test(line)),
    ).toBe(true);
    expect(stage.at(-1)).toMatch(
      /^CMD \["node", "node_modules\/@plimsoll\/\w+\/bin\/plimsoll-\w+\.js"\]$/,
    );
  },
);

test.each(apps)("%s: no secret is an argument or a variable of the image", (app) => {
  for (const line of lines(app)) {
    if (/^(?:ARG|ENV) /.test(line))
      expect(line).not.toMatch(/TOKEN|SECRET|PASSWORD|ACCESS_KEY|API_KEY/);
  }
});

test.each(apps)("%s: weights come into the image only with BAKE=1", (app) => {
  expect(lines(app)).toContain("ARG BAKE=0");
  const text = lines(app).join("\n");
  expect(text.match(/bake\.mjs/g)).toHaveLength(1);
  expect(text).not.toMatch(/plimsoll\.js sync|COPY .*weights/);
});

test("the build's context has no weights, no secrets and nothing that was built", () => {
  const ignored = readText(".dockerignore").split("\n");
  expect(ignored).toEqual(
    expect.arrayContaining([
      "**/node_modules",
      "**/dist",
      "**/.env*",
      "weights/*",
      "**/*.onnx",
      "**/*.pt",
    ]),
  );
  expect(ignored.indexOf("!weights/manifest.json")).toBeGreaterThan(ignored.indexOf("weights/*"));
  expect(ignored.filter((line) => line.startsWith("!"))).toEqual(["!weights/manifest.json"]);
});
