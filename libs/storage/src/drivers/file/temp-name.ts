import { randomBytes } from "node:crypto";

import { isGone, writerId } from "./writer-id.ts";

/** `.<name>.<machine>-<pid>-<random>.part`: the dot in front is outside the grammar of keys, so that none can meet it. */
const form = /^\.(.+)\.([0-9a-f]{12}-[1-9][0-9]*)-[0-9a-f]{12}\.part$/;

/** After so long without a byte a temporary file of a machine that cannot be asked is taken for left over. */
export const leftoverAfterMs = 24 * 60 * 60 * 1000;

/** A new name for what is to become `name`. */
export function tempName(name: string): string {
  return `.${name}.${writerId}-${randomBytes(6).toString("hex")}.part`;
}

/** The final name that a temporary file was made for, or `undefined` for any other file. */
export function nameOfTemp(file: string): string | undefined {
  return form.exec(file)?.[1];
}

/** Whether nobody is writing this temporary file any more. `ageMs`: since its last change. */
export function isLeftover(file: string, ageMs: number): boolean {
  const writer = form.exec(file)?.[2];
  if (writer === undefined) return false;
  return isGone(writer) === true || ageMs > leftoverAfterMs;
}
