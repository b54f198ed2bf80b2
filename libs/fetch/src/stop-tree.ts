/**
 * A signal that its children follow: the fetcher's, a file's, a piece's. In place of `AbortSignal.any`, which costs more
 * than a small file, and of a listener for each file on one signal, of which Node warns.
 */
export class StopTree {
  readonly #controller = new AbortController();
  readonly #children = new Set<StopTree>();
  readonly #parent: StopTree | undefined;
  #leave: () => void = () => undefined;

  constructor(parent?: StopTree) {
    this.#parent = parent;
    if (parent === undefined) return;
    parent.#children.add(this);
    if (parent.signal.aborted) this.stop(parent.signal.reason);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops when `signal` does, too. To be called once. */
  follow(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const stop = (): void => this.stop(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    this.#leave = () => signal.removeEventListener("abort", stop);
  }

  /** Stops this one and all below it. */
  stop(reason: unknown): void {
    this.#controller.abort(reason);
    for (const child of this.#children) child.stop(reason);
  }

  /** Nothing is left to stop: lets go of what it follows. */
  end(): void {
    this.#leave();
    if (this.#parent !== undefined) this.#parent.#children.delete(this);
  }
}
