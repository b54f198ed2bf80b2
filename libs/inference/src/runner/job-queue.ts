import type { Job } from "./job.ts";

/** Predictions that wait for one version, in order. */
export class JobQueue {
  #jobs: Job[] = [];

  get length(): number {
    return this.#jobs.length;
  }

  push(...jobs: readonly Job[]): void {
    this.#jobs.push(...jobs);
  }

  /** Puts the jobs of a batch that crashed in front again, each to run without others. */
  retryAlone(jobs: readonly Job[]): void {
    const waiting = jobs.filter(({ settled }) => !settled);
    for (const job of waiting) job.alone = true;
    this.#jobs.unshift(...waiting);
  }

  remove(job: Job): void {
    this.#jobs = this.#jobs.filter((each) => each !== job);
  }

  /** The next jobs to run together, at most `most`. */
  take(most: number): readonly Job[] {
    if (this.#jobs[0]?.alone === true) return this.#jobs.splice(0, 1);
    const end = this.#jobs.findIndex(({ alone }) => alone);
    return this.#jobs.splice(0, end < 0 ? most : Math.min(most, end));
  }

  takeAll(): readonly Job[] {
    return this.#jobs.splice(0);
  }
}
