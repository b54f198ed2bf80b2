import type { Framing } from "./body-framing.ts";
import { MalformedAnswer } from "./parse-head.ts";

/** A line of a chunk's size with its extensions, and all trailers together, are not longer. */
const lineBytes = 4096;
const trailerBytes = 16_384;

/** Takes a body out of its chunks (RFC 9112, section 7.1). Extensions and trailers are passed over. */
export function unchunk(): Framing {
  /** Bytes of the chunk that are still to come. */
  let left = 0;
  let line = "";
  let trailers = 0;
  let state: "size" | "data" | "after" | "trailer" | "over" = "size";

  /** Collects a line; gives where it ended in `bytes`, or -1. */
  const readLine = (bytes: Buffer, from: number, most: number): number => {
    const end = bytes.indexOf(0x0a, from);
    line += bytes.toString("latin1", from, end < 0 ? bytes.length : end);
    if (line.length > most) throw new MalformedAnswer("a chunk's line without end");
    if (end < 0) return -1;
    if (!line.endsWith("\r"))
      throw new MalformedAnswer("a chunk's line that ends in one character");
    line = line.slice(0, -1);
    return end + 1;
  };

  const readSize = (): void => {
    const size = /^([0-9a-fA-F]{1,12})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line);
    if (size === null) throw new MalformedAnswer("a chunk without a size");
    left = parseInt(size[1] ?? "", 16);
    state = left === 0 ? "trailer" : "data";
  };

  /** Acts on a whole line, by state. */
  const act = (): void => {
    if (state === "size") readSize();
    else if (state === "after") {
      if (line !== "") throw new MalformedAnswer("a chunk longer than its size");
      state = "size";
    } else if (line === "") state = "over";
    else if ((trailers += line.length) > trailerBytes) {
      throw new MalformedAnswer("trailers without end");
    }
    line = "";
  };

  return {
    take(bytes, emit) {
      let at = 0;
      while (at < bytes.length && state !== "over") {
        if (state === "data") {
          const end = Math.min(bytes.length, at + left);
          emit(bytes.subarray(at, end));
          left -= end - at;
          at = end;
          if (left === 0) state = "after";
          continue;
        }
        const next = readLine(bytes, at, state === "after" ? 2 : lineBytes);
        if (next < 0) return bytes.length;
        at = next;
        act();
      }
      return at;
    },
    get isOver() {
      return state === "over";
    },
    endsWithConnection: false,
  };
}
