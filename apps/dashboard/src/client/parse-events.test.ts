import { expect, test } from "@jest/globals";
import { eventParser } from "./parse-events.ts";

test("an event that arrives letter by letter is one event", () => {
  const parse = eventParser();
  const text = 'id: 7\nevent: epoch\ndata: {"a":\ndata: 1}\n\n';
  expect([...text].flatMap((letter) => parse(letter))).toEqual([
    { id: "7", type: "epoch", data: '{"a":\n1}' },
  ]);
});

test("comments and fields without a meaning are no events; the id stays for the next one", () => {
  const parse = eventParser();
  expect(parse(": ping\n\nid:1\ndata:a\n\nretry: 10\ndata\n\n")).toEqual([
    { id: "1", type: "message", data: "a" },
    { id: "1", type: "message", data: "" },
  ]);
});

test("lines may end as on any system", () => {
  const parse = eventParser();
  expect(parse("data: a\r\n\r\ndata: b\r\rdata: c\n\n").map(({ data }) => data)).toEqual([
    "a",
    "b",
    "c",
  ]);
});

test("what is not ended by an empty line is kept back", () => {
  const parse = eventParser();
  expect(parse("data: half\n")).toEqual([]);
  expect(parse("\n")).toHaveLength(1);
});
