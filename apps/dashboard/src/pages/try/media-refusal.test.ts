import { expect, test } from "@jest/globals";
import { mediaRefusal } from "./media-refusal.ts";

test("every refusal says what is wrong and the way out", () => {
  const named = (name: string): string => mediaRefusal("camera", { name }, true);
  expect(named("NotAllowedError")).toMatch(/may not use the camera: allow it/);
  expect(named("NotFoundError")).toMatch(/has no camera/);
  expect(named("NotReadableError")).toMatch(/in use by another program/);
  expect(mediaRefusal("microphone", new TypeError("no such function"), false)).toMatch(/HTTPS/);
  expect(mediaRefusal("microphone", undefined, true)).toMatch(/microphone gave nothing/);
});
