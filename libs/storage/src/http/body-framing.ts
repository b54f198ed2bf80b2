import { MalformedAnswer, type AnswerHead } from "./parse-head.ts";
import { unchunk } from "./unchunk.ts";

/** Takes a body out of what comes over the connection. */
export interface Framing {
  /**
   * Gives the parts of the body in `bytes` to `emit`, as views into it. Gives how many bytes belonged to this answer:
   * fewer than came only where the body has ended. Throws `MalformedAnswer`.
   */
  take(bytes: Buffer, emit: (part: Buffer) => void): number;
  /** Everything has come. */
  readonly isOver: boolean;
  /** The end of the connection would be the end of the body. */
  readonly endsWithConnection: boolean;
}

/** How the body of an answer is framed (RFC 9112, section 6.3). Throws `MalformedAnswer` where that is not one way (N3). */
export function bodyFraming(method: "GET" | "HEAD", { status, headers }: AnswerHead): Framing {
  const coding = headers["transfer-encoding"];
  const length = headers["content-length"];
  if (coding !== undefined && length !== undefined) {
    throw new MalformedAnswer("a length and a transfer coding together");
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new MalformedAnswer("a length that is no number");
  }
  if (method === "HEAD" || status === 204 || status === 304) return counted(0);
  // Codings other than chunked are refused later, with the head; their body is not read.
  if (coding !== undefined && /(?:^|,)[ \t]*chunked$/i.test(coding)) return unchunk();
  return length === undefined ? untilClosed : counted(Number(length));
}

function counted(length: number): Framing {
  let left = length;
  return {
    take(bytes, emit) {
      const count = Math.min(left, bytes.length);
      left -= count;
      if (count > 0) emit(count === bytes.length ? bytes : bytes.subarray(0, count));
      return count;
    },
    get isOver() {
      return left === 0;
    },
    endsWithConnection: false,
  };
}

const untilClosed: Framing = {
  take(bytes, emit) {
    emit(bytes);
    return bytes.length;
  },
  isOver: false,
  endsWithConnection: true,
};
