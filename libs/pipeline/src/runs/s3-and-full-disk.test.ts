import { spawnSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { expect, jest, test } from "@jest/globals";
import { bytesSource, openStore } from "@plimsoll/storage";
import { ceph16Powers, fakeS3, fullPowers, noPowers, tempDir } from "@plimsoll/testing";
import { listVersions } from "@plimsoll/weights";
import { addSamples } from "../samples/add-samples.ts";
import { openSamples } from "../samples/open-samples.ts";
import { tone } from "../testing/sounds.ts";
import { createRun } from "./create-run.ts";
import { executeRun } from "./execute-run.ts";
import { trainModel } from "../testing/fake-train.ts";
import { sounds, withBench } from "../testing/bench.ts";

jest.setTimeout(60_000);

test.each([
  ["all conditional writes", fullPowers],
  ["Ceph 16", ceph16Powers],
  ["no conditional writes", noPowers],
])(
  "S3 with %s: samples, one run of two that are asked for, a published version",
  async (_, powers) => {
    await using dir = await tempDir();
    await using server = await fakeS3({ powers });
    const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
    const url = `s3://weights/team?endpoint=${server.endpoint}&region=us-east-1`;
    const open = () => openStore(url, { env, forWriting: true });
    const store = await open();
    const samples = openSamples({
      store,
      spoolDir: dir.join("spool"),
      rules: () => ({ newClasses: true }),
      retryMs: 0,
    });
    const upload = { model: "sounds", class: "engine", bytes: tone(200, 99, 0.1) };
    expect(await samples.add(upload)).toMatchObject({ state: "stored" });
    expect(await samples.add(upload)).toMatchObject({ state: "duplicate" });
    const from = sounds(["engine", "siren"], 6);
    expect(await addSamples({ store, model: "sounds", from, source: "x" })).toMatchObject({
      added: 12,
    });
    const first = await createRun({ store, model: "sounds", config: {} });
    const other = await open();
    const second = await createRun({ store: other, model: "sounds", config: {} });
    expect([first.status, second.status]).toEqual(["started", "in_progress"]);
    const record = await executeRun({
      storeUrl: url,
      model: "sounds",
      run: (first as { run: string }).run,
      workRoot: dir.join("work"),
      train: trainModel,
      openStore: open,
      env,
    });
    expect(record.error).toBeUndefined();
    expect(record).toMatchObject({
      state: "succeeded",
      version: "v1.0.0",
      dataset: { samples: 13 },
    });
    await Promise.all([samples.close(), store.close(), other.close()]);
  },
);

/** A file system of 300 KB, where the system lets a test have one. */
async function withSmallDisk(act: (dir: string) => Promise<void>): Promise<boolean> {
  await using dir = await tempDir();
  await mkdir(dir.join("disk"));
  const args = ["-t", "tmpfs", "-o", "size=300k", "tmpfs", dir.join("disk")];
  if (spawnSync("mount", args).status !== 0) return false;
  try {
    await act(dir.join("disk"));
    return true;
  } finally {
    spawnSync("umount", [dir.join("disk")]);
  }
}

const mayMount = await withSmallDisk(() => Promise.resolve());
const onSmallDisk = mayMount ? test : test.skip;
const name = (text: string): string =>
  mayMount ? text : `${text} (skipped: may not mount a tmpfs)`;

onSmallDisk(
  name(
    "a disk that is really full: the run ends by name and leaves room; an upload is refused, not lost",
  ),
  async () => {
    await withSmallDisk(async (disk) => {
      await withBench(async ({ store, create, url }) => {
        for (let index = 0; index < 4; index++) {
          const key = `datasets/sounds/originals/engine/long-${index}.wav`;
          await store.write(key, bytesSource(tone(500 + index, index, 4), key));
        }
        const run = await create();
        const errand = { storeUrl: url, model: "sounds", run, train: trainModel };
        const record = await executeRun({ ...errand, workRoot: disk });
        expect(record).toMatchObject({
          state: "failed",
          error: {
            code: "E_DISK",
            message: expect.stringMatching(/originals\/.*the disk is full/),
          },
        });
        expect(await readdir(`${disk}/runs`)).toEqual([]);
        expect(await listVersions(store, "sounds")).toEqual([]);

        await writeFile(`${disk}/ballast`, Buffer.alloc(250_000));
        const rules = () => ({ newClasses: true });
        const samples = openSamples({ store, spoolDir: `${disk}/spool`, rules, retryMs: 0 });
        const upload = { model: "sounds", class: "engine", bytes: tone(900, 1, 4), name: "a.wav" };
        await expect(samples.add(upload)).rejects.toMatchObject({
          code: "E_DISK",
          message: expect.stringContaining("nothing was taken"),
        });
        expect(await readdir(`${disk}/spool/sounds`)).toEqual([]);
        await samples.close();
      });
    });
  },
);
