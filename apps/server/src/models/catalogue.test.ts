import { expect, test } from "@jest/globals";
import type { TaskName } from "@plimsoll/api";
import { catalogue } from "./catalogue.ts";

const tasks: Readonly<Record<string, TaskName>> = {
  yolov8m: "object-detection",
  sounds: "audio-classification",
  birds: "audio-classification",
};

function open(facts: { configured?: readonly string[]; stored?: readonly string[] } = {}) {
  let lists = 0;
  let now = 0;
  const names = catalogue({
    configured: facts.configured ?? [],
    aliases: { detector: "yolov8m" },
    local: () => Promise.resolve(["birds"]),
    stored: () => {
      lists += 1;
      return facts.stored ? Promise.resolve(facts.stored) : Promise.reject(new Error("down"));
    },
    task: (model) => Promise.resolve(tasks[model]),
    now: () => now,
  });
  return { names, lists: () => lists, wait: (ms: number) => (now += ms) };
}

test("a model, a further name and a type find the same model; all finds every one", async () => {
  const { names } = open({ stored: ["yolov8m", "sounds"] });
  for (const name of ["yolov8m", "detector", "visual_detector"]) {
    expect(await names.find(name)).toBe("yolov8m");
  }
  expect(await names.expand("all")).toEqual(["birds", "sounds", "yolov8m"]);
  expect(await names.expand("audio_classifier")).toEqual(["birds", "sounds"]);
  await expect(names.find("audio_classifier")).rejects.toMatchObject({ status: 400 });
});

test("V4: what is no model is 404, whatever it looks like, and names those that there are", async () => {
  const { names } = open({ stored: ["yolov8m"] });
  for (const name of ["../yolov8m", "__proto__", "constructor", "YOLOV8M", "threat_classifier"]) {
    await expect(names.find(name)).rejects.toMatchObject({
      status: 404,
      message: "no such model, there are birds, yolov8m",
    });
  }
});

test("a model that was published a moment ago is found; names of nothing list twice a second at most", async () => {
  const stored = ["yolov8m"];
  const { names, lists, wait } = open({ stored });
  await names.all();
  stored.push("sounds");
  wait(600);
  expect(await names.find("sounds")).toBe("sounds");
  expect(lists()).toBe(2);
  for (let count = 0; count < 50; count++) {
    wait(10);
    await expect(names.find(`nothing-${count}`)).rejects.toMatchObject({ status: 404 });
  }
  expect(lists()).toBe(3);
});

test("configured models are all that is served, and nobody is asked", async () => {
  const { names, lists } = open({ configured: ["sounds"], stored: ["yolov8m"] });
  expect(await names.all()).toEqual(["sounds"]);
  await expect(names.find("yolov8m")).rejects.toMatchObject({ status: 404 });
  expect(lists()).toBe(0);
});

test("without a name the one model that fits is meant; a store that is down leaves the local ones", async () => {
  const { names } = open();
  expect(await names.only(["audio-classification"])).toBe("birds");
  await expect(names.only(["object-detection"])).rejects.toMatchObject({ status: 404 });
  const { names: more } = open({ stored: ["sounds"] });
  await expect(more.only(undefined)).rejects.toMatchObject({ status: 400 });
});

test("the store is listed at most every five seconds", async () => {
  const { names, lists, wait } = open({ stored: ["yolov8m"] });
  for (let i = 0; i < 10; i++) await names.all();
  expect(lists()).toBe(1);
  wait(6_000);
  await names.all();
  expect(lists()).toBe(2);
});
