import type { JsonMember, JsonMembers } from "./json-document.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** Bytes `from` to `to` of a text, to be replaced by another text. */
export interface JsonEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The edit that gives a member of an object a value and leaves every other byte as it is. A new member comes behind the
 * last of those called `after`, else first, indented as its neighbours are. The object must have a member.
 */
export function setMember(
  bytes: Uint8Array,
  members: JsonMembers,
  object: JsonObject,
  change: { readonly key: string; readonly value: JsonValue; readonly after?: readonly string[] },
): JsonEdit {
  const list = members.get(object) ?? [];
  const [first] = list;
  if (first === undefined) throw new TypeError("an object without members has no place for one");
  const margin = marginBefore(bytes, first);
  const json = pretty(change.value, margin);
  const old = list.find((member) => member.key === change.key);
  if (old !== undefined) return { from: old.from, to: old.to, text: json };
  const text = `${JSON.stringify(change.key)}: ${json}`;
  const before = list.findLast((member) => change.after?.includes(member.key));
  return before === undefined
    ? { from: first.keyAt, to: first.keyAt, text: `${text},${margin || " "}` }
    : { from: before.to, to: before.to, text: `,${margin || " "}${text}` };
}

/** The edit that takes a member away, with the comma that goes with it. Undefined when it is not there. */
export function removeMember(
  members: JsonMembers,
  object: JsonObject,
  key: string,
): JsonEdit | undefined {
  const list = members.get(object) ?? [];
  const index = list.findIndex((member) => member.key === key);
  const [before, old, next] = [list[index - 1], list[index], list[index + 1]];
  if (old === undefined) return undefined;
  if (next !== undefined) return { from: old.keyAt, to: next.keyAt, text: "" };
  return { from: before?.to ?? old.keyAt, to: old.to, text: "" };
}

/** The bytes with all edits made. Edits may touch, but not overlap; those at one place keep their order. */
export function applyEdits(bytes: Uint8Array, edits: readonly JsonEdit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.from - b.from)) {
    pieces.push(bytes.subarray(at, edit.from), Buffer.from(edit.text, "utf8"));
    at = edit.to;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}

/** White space between an object's `{` and its first key: how its members are set apart. */
function marginBefore(bytes: Uint8Array, first: JsonMember): string {
  let from = first.keyAt;
  while (from > 0 && bytes[from - 1] !== 0x7b) from -= 1;
  return Buffer.from(bytes.subarray(from, first.keyAt)).toString("latin1");
}

/** JSON over several lines where the members around it stand on lines of their own, else on one. */
function pretty(value: JsonValue, margin: string): string {
  const newline = margin.lastIndexOf("\n");
  if (newline < 0) return JSON.stringify(value);
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${margin.slice(newline + 1)}`);
}
