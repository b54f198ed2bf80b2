import { expect, test } from "@jest/globals";

import { isObject } from "./is-object.ts";
import { applyEdits, removeMember, setMember } from "./json-edit.ts";
import type { JsonValue } from "./json.ts";
import { parseJsonMembers } from "./parse-json.ts";

/** Sets (or, with undefined, removes) a member of the text's root object. */
function edited(text: string, key: string, value?: JsonValue, after?: readonly string[]): string {
  const bytes = Buffer.from(text);
  const { value: root, members } = parseJsonMembers(bytes);
  if (!isObject(root)) throw new Error("an object is needed");
  const edit =
    value === undefined
      ? removeMember(members, root, key)
      : setMember(bytes, members, root, { key, value, ...(after && { after }) });
  return Buffer.from(applyEdits(bytes, edit === undefined ? [] : [edit])).toString();
}

test("a value is replaced where it stands", () => {
  expect(edited('{"a" : 1 ,"b":[ 2 ]}', "b", "x")).toBe('{"a" : 1 ,"b":"x"}');
  expect(edited('{"ä": "ö"}', "ä", "🚢")).toBe('{"ä": "🚢"}');
});

test("a new member comes first, or behind the last of the named ones", () => {
  expect(edited('{ "a": 1 }', "n", 0)).toBe('{ "n": 0, "a": 1 }');
  expect(edited('{"c":3,"a":1,"b":2}', "n", 0, ["a", "c", "z"])).toBe(
    '{"c":3,"a":1, "n": 0,"b":2}',
  );
});

test("a value of several lines is indented as its neighbours are", () => {
  expect(edited('{\n    "a": 1\n}', "n", [1], ["a"])).toBe(
    '{\n    "a": 1,\n    "n": [\n      1\n    ]\n}',
  );
});

test("a member goes with its comma", () => {
  const text = '{ "a": 1, "b": 2, "c": 3 }';
  expect(edited(text, "a")).toBe('{ "b": 2, "c": 3 }');
  expect(edited(text, "b")).toBe('{ "a": 1, "c": 3 }');
  expect(edited(text, "c")).toBe('{ "a": 1, "b": 2 }');
  expect(edited('{ "a": 1 }', "a")).toBe("{  }");
  expect(edited(text, "d")).toBe(text);
});
