import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { entryMissing, HubRefusal, type HubAnswer } from "./hub-answer.ts";
import type { HubRequest, HubScript } from "./hub-fault.ts";
import { HubRepository } from "./hub-repository.ts";
import { routeHub, type HubSetting } from "./hub-routes.ts";
import { takeUpload } from "./lfs-uploads.ts";
import { sendHub } from "./send-hub.ts";

export interface FakeHuggingFaceOptions {
  /** `owner/name` of the repository that there is; default `owner/weights`. */
  readonly repository?: string;
  /** Only readable with a token; default false. */
  readonly private?: boolean;
  /** A file of at least so many bytes is stored as LFS; default 64 KiB. `.bin` always is. */
  readonly lfsBytes?: number;
  /** Larger files are uploaded in parts of this size; default 1 MiB. */
  readonly partBytes?: number;
  /** Entries of one page of a listing; default 3. */
  readonly pageEntries?: number;
}

export interface FakeHuggingFace extends AsyncDisposable {
  /** `http://127.0.0.1:port`, for the client's `hubUrl`. */
  readonly endpoint: string;
  /** Where large files are given from. */
  readonly cdn: string;
  /** May read and write. */
  readonly token: string;
  /** May read. */
  readonly readerToken: string;
  readonly repository: HubRepository;
  readonly requests: readonly HubRequest[];
  /** Asked before each request. */
  script: HubScript | undefined;
  close(): Promise<void>;
}

/**
 * A server in this process that keeps what a store needs of the Hugging Face Hub, as its official client asks for it:
 * preupload, Git LFS in one or several parts, commits whose parent is compared, trees in pages, `paths-info`, tags, and
 * `resolve`, which sends readers of large files to a second host that refuses the hub's token. Three ports stand for the
 * three hosts.
 */
export async function fakeHuggingFace(
  options: FakeHuggingFaceOptions = {},
): Promise<FakeHuggingFace> {
  const name = options.repository ?? "owner/weights";
  const repository = new HubRepository(name, options.private ?? false);
  const repositories = new Map([[name, repository]]);
  const requests: HubRequest[] = [];
  const open = (host: HubRequest["host"]): Promise<Server> =>
    listen((message, response) => void answer(host, message, response));
  const servers = await Promise.all([open("hub"), open("lfs"), open("cdn")]);
  const [endpoint = "", origin = "", cdn = ""] = servers.map(originOf);
  const shelf = { origin, partBytes: options.partBytes ?? 2 ** 20, repositories, parts: new Map() };
  const setting: HubSetting = {
    repositories,
    token: "hf_writerwriterwriter",
    readerToken: "hf_readerreaderreader",
    shelf,
    endpoint,
    cdn,
    lfsBytes: options.lfsBytes ?? 65_536,
    pageEntries: options.pageEntries ?? 3,
  };

  async function answer(
    host: HubRequest["host"],
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const head = { host, method: message.method ?? "GET", path: message.url ?? "/", body: "" };
      const headers = message.headers as HubRequest["headers"];
      const isApi = host === "hub";
      const bytes = isApi ? await readBody(message, undefined) : undefined;
      const request = { ...head, headers, body: bytes?.toString() ?? "" };
      requests.push(request);
      const fault = fake.script?.(request) ?? {};
      await fault.before?.();
      if (fault.status !== undefined) {
        const refusal = new HubRefusal(fault.status, "As the test wants it").answer;
        message.resume();
        sendHub(request, response, { ...refusal, headers: fault.headers ?? {} }, undefined);
        return;
      }
      const body = bytes ?? (await readBody(message, fault.cutUploadAfter));
      const reply = carryOut(request, body);
      if (fault.dropAnswer === true) response.destroy();
      else sendHub(request, response, reply, fault.cutAfter);
    } catch {
      // The other side is gone, or a fault has cut it off.
      response.destroy();
    }
  }

  function carryOut(request: HubRequest, body: Buffer): HubAnswer {
    try {
      if (request.host === "hub") return routeHub(setting, request);
      if (request.host === "lfs") return takeUpload(shelf, request, body);
      return giveFile(repositories, request);
    } catch (error) {
      if (error instanceof HubRefusal) return error.answer;
      const text = error instanceof Error ? error.message : "unknown";
      return { status: 500, json: { error: text } };
    }
  }

  const close = async (): Promise<void> => {
    await Promise.all(
      servers.map((server) => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeAllConnections();
        return closed;
      }),
    );
  };
  const { token, readerToken } = setting;
  const fake: FakeHuggingFace = {
    endpoint,
    cdn,
    token,
    readerToken,
    repository,
    requests,
    script: undefined,
    close,
    [Symbol.asyncDispose]: close,
  };
  return fake;
}

function giveFile(
  repositories: ReadonlyMap<string, HubRepository>,
  { path, headers }: HubRequest,
): HubAnswer {
  const url = new URL(path, "http://localhost");
  const [owner, name, oid = ""] = url.pathname.slice(1).split("/");
  const bytes = repositories.get(`${owner}/${name}`)?.objects.get(oid);
  if (bytes === undefined) throw entryMissing();
  if (headers["authorization"] !== undefined) {
    throw new HubRefusal(400, "Only one auth mechanism allowed");
  }
  if (!url.searchParams.has("Signature")) throw new HubRefusal(403, "Missing Key");
  return { status: 200, headers: { etag: `"${oid.slice(0, 32)}"` }, bytes };
}

async function readBody(message: IncomingMessage, cutAfter: number | undefined): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (cutAfter !== undefined && size > cutAfter) throw new Error("cut");
  }
  return Buffer.concat(parts);
}

async function listen(
  act: (message: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(act);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const originOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
