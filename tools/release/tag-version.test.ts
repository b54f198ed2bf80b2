import { expect, test } from "@jest/globals";
import { tagVersion } from "./tag-version.ts";

test("a tag of weights names the version that it releases", () => {
  expect(tagVersion("weights-v1.2.3")).toBe("v1.2.3");
  expect(tagVersion("weights-v1.2.3-rc.1")).toBe("v1.2.3-rc.1");
});

test.each([
  "weights-v$(id)",
  "weights-v1.0.0;id",
  "weights-v1.0.0`id`",
  "weights-v1.0.0${IFS}x",
  'weights-v1.0.0"',
  "weights-v1.0.0\nweights-v2.0.0",
  "weights-v01.0.0",
  "weights-v1.0",
  "v1.0.0",
  "weights-v1.0.0-",
  "weights-v1.0.0-$(id)",
  `weights-v1.0.0-${"a".repeat(200)}`,
])("C1: %j releases nothing", (tag) => {
  expect(() => tagVersion(tag)).toThrow(/releases no weights/);
});
