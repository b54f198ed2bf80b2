export type { ServedFile } from "./http/answer.ts";
export type { Fault } from "./http/fault.ts";
export {
  faultyServer,
  type FaultyServer,
  type FaultyServerOptions,
  type LoggedRequest,
  type Script,
} from "./http/faulty-server.ts";
export { selfSigned, type Certificate } from "./http/self-signed.ts";
export { tempDir, type TempDir } from "./temp-dir.ts";
