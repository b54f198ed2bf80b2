/** A process of its own: serves one file at so many bytes a second for each connection, and prints its origin. */
import { faultyServer } from "@plimsoll/testing";
import { readFile } from "node:fs/promises";

const [path = "", name = "", bytesPerSecond = ""] = process.argv.slice(2);
const server = await faultyServer({
  files: { [`/${name}`]: await readFile(path) },
  bytesPerSecond: Number(bytesPerSecond),
});
console.log(server.origin);
