import { type ChildProcess, spawn } from "node:child_process";
import { printable } from "@plimsoll/manifest";
import type { ChildReply, ChildRequest, Done, Loaded } from "../child/protocol.ts";
import { InferenceError } from "../error.ts";
import type { ModelConfig } from "../model-config.ts";
import type { ModelFile } from "../model-files.ts";
import type { ProcessSettings } from "../settings.ts";
import { childCommand } from "./child-command.ts";

/** How a child ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Last words on its standard error. */
  readonly words: string;
}

interface Pending {
  resolve(reply: ChildReply): void;
  reject(error: unknown): void;
  timer?: NodeJS.Timeout;
}

const wordsKept = 2000;

/** The process of one model version. It answers one request at a time, and ends by SIGKILL: nothing else stops a run. */
export class ModelProcess {
  readonly #child: ChildProcess;
  readonly exited: Promise<Exit>;
  #pending: Pending | undefined;
  #words = "";
  #ended: Exit | undefined;
  #end: InferenceError | undefined;

  constructor(settings: ProcessSettings) {
    const { file, args, env, cwd } = childCommand(settings);
    this.#child = spawn(file, args, {
      cwd,
      env,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#words = (this.#words + text).slice(-wordsKept);
    });
    this.#child.on("message", (reply: ChildReply) => {
      const pending = this.#pending;
      this.#pending = undefined;
      clearTimeout(pending?.timer);
      pending?.resolve(reply);
    });
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (this.#ended !== undefined) return;
        this.#ended = { code, signal, words: printable(this.#words.trim()) };
        const pending = this.#pending;
        this.#pending = undefined;
        clearTimeout(pending?.timer);
        pending?.reject(this.#end ?? crash(this.#ended));
        resolve(this.#ended);
      };
      this.#child.on("error", (error) => {
        this.#words += error.message;
        // A child that never started has no exit.
        if (this.#child.pid === undefined) end(null, null);
      });
      this.#child.on("exit", end);
    });
  }

  get pid(): number | undefined {
    return this.#ended === undefined ? this.#child.pid : undefined;
  }

  get alive(): boolean {
    return this.#ended === undefined && this.#end === undefined;
  }

  /** Why this side ended it; undefined for an end of its own. */
  get reason(): InferenceError | undefined {
    return this.#end;
  }

  /** How it ended by itself, with its last words, for the log. */
  crash(): InferenceError {
    const { code, message } = crash(this.#ended);
    const words = this.#ended?.words ?? "";
    return new InferenceError(code, words === "" ? message : `${message} (${words.slice(-500)})`);
  }

  async load(request: Extract<ChildRequest, { type: "load" }>, timeoutMs: number): Promise<Loaded> {
    const reply = await this.#ask(request, timeoutMs, "to load");
    if (reply.type === "loaded") return reply;
    throw new InferenceError("E_MODEL", "the child answered something else");
  }

  async run(request: Extract<ChildRequest, { type: "run" }>, timeoutMs: number): Promise<Done> {
    const reply = await this.#ask(request, timeoutMs, "for an answer");
    if (reply.type === "done") return reply;
    throw new InferenceError("E_MODEL", "the child answered something else");
  }

  async externalize(
    request: Extract<ChildRequest, { type: "externalize" }>,
    timeoutMs: number,
  ): Promise<readonly ModelFile[]> {
    const reply = await this.#ask(request, timeoutMs, "to convert the model");
    if (reply.type === "externalized") return reply.files;
    throw new InferenceError("E_MODEL", "the child answered something else");
  }

  /** Applies to all runs asked for later. */
  configure(config: ModelConfig): void {
    if (this.alive && this.#child.connected) {
      this.#child.send({ type: "config", config } satisfies ChildRequest);
    }
  }

  /** Ends the process now; what it was asked fails with `error`. */
  kill(error: InferenceError): Promise<Exit> {
    this.#end ??= error;
    this.#child.kill("SIGKILL");
    return this.exited;
  }

  #ask(request: ChildRequest, timeoutMs: number, what: string): Promise<ChildReply> {
    return new Promise<ChildReply>((resolve, reject) => {
      if (this.#ended !== undefined || this.#end !== undefined) {
        reject(this.#end ?? crash(this.#ended));
        return;
      }
      const pending: Pending = { resolve, reject };
      pending.timer = setTimeout(() => {
        const message = `more than ${timeoutMs} ms ${what}: its process was ended`;
        void this.kill(new InferenceError("E_TIMEOUT", message, { retryAfterSeconds: 1 }));
      }, timeoutMs);
      this.#pending = pending;
      // A broken channel is followed by the exit, which rejects.
      this.#child.send(request, () => undefined);
    }).then((reply) => {
      if (reply.type === "failed") {
        throw new InferenceError(reply.error.code, reply.error.message);
      }
      return reply;
    });
  }
}

/** Without the child's last words: these may name paths of this machine, and clients read this. */
function crash(exit: Exit | undefined): InferenceError {
  const how =
    exit?.signal != null ? `by ${exit.signal}` : `with exit code ${exit?.code ?? "unknown"}`;
  return new InferenceError("E_CRASH", `the model's process ended ${how}`, {
    retryAfterSeconds: 1,
  });
}
