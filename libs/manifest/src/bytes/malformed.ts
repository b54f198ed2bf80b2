/**
 * Content that is not what its format says, in words that complete "the file: …". Readers of formats throw it to each
 * other; nothing public does: `scanFile` turns it into a finding, `readFacts` into `E_SCAN`.
 */
export class Malformed extends Error {
  override readonly name = "Malformed";
}
