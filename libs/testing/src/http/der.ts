/** The few forms of DER (X.690) that a certificate needs: a tag, a length, content. */
export function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

export const sequence = (...content: readonly Buffer[]): Buffer => tagged(0x30, ...content);
export const set = (...content: readonly Buffer[]): Buffer => tagged(0x31, ...content);
export const octetString = (content: Buffer): Buffer => tagged(0x04, content);
/** Whole bytes: no bit of the last one is unused. */
export const bitString = (content: Buffer): Buffer => tagged(0x03, Buffer.from([0]), content);
/** Big-endian, positive: the first bit must be 0. */
export const integer = (content: Buffer): Buffer => tagged(0x02, content);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, "utf8"));

/** GeneralizedTime, `20261121100000Z`. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, "").slice(0, 14);
  return tagged(0x18, Buffer.from(`${digits}Z`, "ascii"));
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}
