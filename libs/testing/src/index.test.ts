import { expect, test } from "@jest/globals";
import * as testing from "./index.ts";

test("the room's exports are these", () => {
  expect(Object.keys(testing).sort()).toEqual([
    "ceph16Powers",
    "fakeGcs",
    "fakeGithub",
    "fakeHuggingFace",
    "fakeS3",
    "fakeSigstore",
    "faultyServer",
    "forwardProxy",
    "fullPowers",
    "madePicture",
    "madeSound",
    "madeText",
    "mutate",
    "noPowers",
    "pictureClasses",
    "pngFile",
    "seededRandom",
    "selfSigned",
    "soundClasses",
    "tempDir",
    "textClasses",
    "wavFile",
  ]);
});
