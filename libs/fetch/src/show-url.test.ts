import { expect, test } from "@jest/globals";
import { showUrl } from "./show-url.ts";

test("what could be a secret or could move a terminal's cursor is not shown", () => {
  expect(showUrl("https://user:pass@h.example:8443/a/b.onnx?X-Sig=s3cret#f")).toBe(
    "https://h.example:8443/a/b.onnx",
  );
  expect(showUrl("s3://bucket/key?endpoint=https://x")).toBe("s3://bucket/key");
  expect(showUrl("no url\u001b[2J?token=1")).toBe("no url\\u001b[2J");
});
