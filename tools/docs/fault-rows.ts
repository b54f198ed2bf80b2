/** A fault of the network or the disk, and what must happen then. The letter and number are cited in titles of tests. */
export interface FaultRow {
  readonly id: string;
  readonly fault: string;
  readonly outcome: string;
}

const rows = (
  letter: string,
  texts: readonly (readonly [fault: string, outcome: string])[],
): readonly FaultRow[] =>
  texts.map(([fault, outcome], index) => ({ id: `${letter}${index + 1}`, fault, outcome }));

export const networkFaults: readonly FaultRow[] = rows("N", [
  ["a body cut before its announced end", "goes on from the last byte that counts"],
  [
    "a body whose end is only the connection's end, too early",
    "`E_SIZE` or `E_DIGEST`, never a short file",
  ],
  ["chunks without an end, a length and chunks, two lengths", "refused, tried again"],
  [
    "an endless body, more bytes than announced, another size than the manifest's",
    "stopped at the size that was expected",
  ],
  ["the whole file in answer to a range", "begun anew with one request for all of it"],
  ["another range than the one asked for", "refused, begun anew without ranges"],
  ["another object behind the address half-way", "halves of two objects are never put together"],
  ["416, 204, multipart ranges, an empty 200", "asked once more without ranges, then an error"],
  ["compressed by the host, once or in layers", "refused before a byte is decoded"],
  ["redirects in a circle or too many", "`E_REDIRECT` after five"],
  ["a redirect from https to http, to another scheme, with a user in it", "`E_REDIRECT`"],
  ["a redirect to another host while secrets are sent", "secrets go to their own origin only"],
  [
    "a public host that leads to private addresses or cloud metadata",
    "`E_REDIRECT` before anything is sent",
  ],
  [
    "silence, a drip, a connection that never stands",
    "limits on connecting, silence and speed; another source takes over",
  ],
  ["no such host, refused, reset at any byte", "five more tries with growing, random waits"],
  ["a certificate that proves nothing", "an error at once; not to be turned off in production"],
  ["429 and 503 with every kind of `Retry-After`", "waited for, a minute at most"],
  ["a signed address that expires half-way", "a fresh one from the original, then on"],
  ["401, 403, 404", "one request; the message names what to set"],
  [
    "a sign-in page in place of the file, right size with wrong bytes",
    "the digest tells; that source is not asked again; `E_DIGEST` where none is left",
  ],
  [
    "heads that are too long or no HTTP, proxies of the environment, broken IPv6",
    "`E_NETWORK`; `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count as they do for curl, and a proxy that refuses is named; the next address after a second at most",
  ],
]);

export const diskFaults: readonly FaultRow[] = rows("D", [
  [
    "the disk is full, a file grows too large",
    "checked before the first byte; what cannot be used is given back",
  ],
  [
    "read-only, not allowed, too many open files",
    "a message that says which and what helps; what is there stays in use",
  ],
  ["the disk fails while flushing", "the data count as lost, no second flush is trusted"],
  ["killed at any system call", "old or whole new files; the next run finishes and clears up"],
  ["power cut", "a file is flushed before its rename, its folder after it"],
  ["several processes at once", "one brings each file, all end with the right ones"],
  ["a lock of a process that is gone, or of another with its number", "taken over by one"],
  [
    "bits that flipped in the cache or the folder, cut or grown files",
    "found by the recorded state or by hashing, mended by chunks",
  ],
  [
    "links, pipes, folders planted in the way",
    "refused or replaced, what they lead to stays untouched",
  ],
  [
    "state files and blobs that are gone or broken",
    "found out again at the cost of hashing or fetching",
  ],
  [
    "another file system, a cache that others may write to, or only read",
    "copied; refused in production; used as it is",
  ],
  ["clearing up while somebody reads", "what is leased, pinned, linked or just used stays"],
]);
