import { sha256 } from "@plimsoll/manifest";

/** Tells the other servers of a store at once what they would else find at their next look. */
export interface FanOut {
  /** Something of this model is another now. */
  tell(model: string): Promise<void>;
  /** Kept answers, where that is configured. */
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Without Redis: nobody is told, nothing is kept. */
export const noFanOut: FanOut = {
  tell: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  set: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/**
 * The same through Redis. Its code is loaded here; a Redis that is out of reach is retried by its client and stops nobody:
 * servers still look for themselves.
 */
export async function redisFanOut(options: {
  readonly url: string;
  /** The store that the servers share. */
  readonly store: string;
  readonly onTold: (model: string) => void;
  readonly log: (line: string) => void;
}): Promise<FanOut> {
  const { Redis } = await import("ioredis");
  const channel = `plimsoll:${sha256(Buffer.from(options.store)).slice(0, 16)}:reload`;
  const settings = {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    commandTimeout: 2_000,
  };
  const clients = [new Redis(options.url, settings), new Redis(options.url, settings)] as const;
  const [sender, receiver] = clients;
  let isTold = false;
  for (const client of clients) {
    client.on("error", (error: Error) => {
      if (!isTold) options.log(`Redis cannot be reached, replicas only poll: ${error.message}`);
      isTold = true;
    });
    client.on("ready", () => {
      if (isTold) options.log("connected to Redis again");
      isTold = false;
    });
  }
  receiver.on("message", (_channel: string, message: string) => {
    if (message.length <= 100) options.onTold(message);
  });
  await receiver
    .subscribe(channel)
    .then(() => options.log("connected to Redis"))
    .catch(() => undefined);
  return {
    async tell(model) {
      await sender.publish(channel, model).catch(() => undefined);
    },
    async get(key) {
      return (await sender.get(`plimsoll:${key}`).catch(() => null)) ?? undefined;
    },
    async set(key, value, seconds) {
      await sender.set(`plimsoll:${key}`, value, "EX", seconds).catch(() => undefined);
    },
    close() {
      for (const client of clients) client.disconnect();
      return Promise.resolve();
    },
  };
}
