import { expect, test } from "@jest/globals";
import { accessStore } from "./access.ts";
import { answers } from "./answers.ts";

test("every view of a path hears of a new answer, and of the same one nothing", () => {
  const heard: string[] = [];
  const ends = ["a", "b"].map((name) => answers.subscribe("/x", () => heard.push(name)));
  answers.take("/x", '{"n":1}');
  const first = answers.get("/x");
  answers.take("/x", '{"n":1}');
  expect(answers.get("/x")).toBe(first);
  expect(heard).toEqual(["a", "b"]);
  ends.forEach((end) => end());
  answers.take("/x", '{"n":2}');
  expect(heard).toHaveLength(2);
});

test("an answer that is no JSON is not taken", () => {
  expect(() => answers.take("/y", "<html>")).toThrow(SyntaxError);
  expect(answers.get("/y")).toBeUndefined();
});

test("what the token opened is forgotten with it", () => {
  accessStore.set({ adminToken: "t" });
  answers.take("/admin", "[1]");
  accessStore.set({});
  expect(answers.get("/admin")).toBeUndefined();
});
