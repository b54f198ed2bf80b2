import { execFileSync } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { publishWeights } from "@plimsoll/weights";
import { tempDir } from "@plimsoll/testing";

/**
 * What a platform is given when the weights stay in a store: the app's package.json with its call of sync, its config
 * and the manifest. The project that this is held against had 8.9 GB with its models, and 4.9 KB without.
 */
const mostBytes = 4.9 * 1024;

test("a deployment package of three models is smaller than 4.9 KB, whatever the models weigh", async () => {
  await using dir = await tempDir();
  await mkdir(dir.join("app/weights"), { recursive: true });
  for (const name of ["cnn", "resnet", "yolov8m"]) {
    await writeFile(dir.join("app/weights", `${name}.npz`), `the weights of ${name}`);
  }
  const store = dir.join("store");
  const target = { to: [store], model: "detectors", release: "v1.0.0" };
  await publishWeights({ from: [dir.join("app/weights")], ...target, cache: false });
  const scripts = { start: "plimsoll sync && node server.js" };
  const app = { name: "app", private: true, scripts, dependencies: { plimsoll: "^0.1.0" } };
  await writeFile(dir.join("app/package.json"), JSON.stringify(app));
  const config = { stores: { main: "s3://my-models?region=us-east-1" } };
  await writeFile(dir.join("app/plimsoll.config.json"), JSON.stringify(config));

  const files = ["package.json", "plimsoll.config.json", "weights/manifest.json"];
  const sizes = await Promise.all(
    files.map(async (name) => (await stat(dir.join("app", name))).size),
  );
  const plain = sizes.reduce((sum, size) => sum + size, 0);
  execFileSync("tar", ["-cf", dir.join("app.tar"), "-C", dir.join("app"), ...files]);
  const packed = gzipSync(await readFile(dir.join("app.tar"))).length;
  console.info(`deployment package: ${plain} bytes in ${files.length} files, ${packed} as tar.gz`);
  expect(plain).toBeLessThan(mostBytes);
  expect(packed).toBeLessThan(plain);
});
