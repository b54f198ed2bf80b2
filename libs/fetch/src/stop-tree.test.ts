import { expect, test } from "@jest/globals";
import { StopTree } from "./stop-tree.ts";

test("children stop with their parent and its reason, not the other way round", () => {
  const root = new StopTree();
  const [a, b] = [new StopTree(root), new StopTree(root)];
  const leaf = new StopTree(a);
  a.stop("enough");
  expect([root, a, b, leaf].map(({ signal }) => signal.reason as unknown)).toEqual([
    undefined,
    "enough",
    undefined,
    "enough",
  ]);
  root.stop("all");
  expect([b.signal.reason, leaf.signal.reason]).toEqual(["all", "enough"]);
  expect(new StopTree(root).signal.reason).toBe("all");
});

test("one that has ended is left alone", () => {
  const root = new StopTree();
  const child = new StopTree(root);
  const outer = new AbortController();
  child.follow(outer.signal);
  child.end();
  root.stop("all");
  outer.abort("outer");
  expect(child.signal.aborted).toBe(false);
});

test("a signal is followed, also one that has fired already", () => {
  const outer = new AbortController();
  const tree = new StopTree();
  tree.follow(outer.signal);
  outer.abort("outer");
  const late = new StopTree();
  late.follow(outer.signal);
  late.follow(undefined);
  expect([tree.signal.reason, late.signal.reason]).toEqual(["outer", "outer"]);
});
