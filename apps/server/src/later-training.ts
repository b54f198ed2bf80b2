import type { Training } from "./training.ts";

/**
 * Samples and retraining that are opened when they are first needed: their rooms and the store's driver cost memory that
 * a server which only predicts does not have. An opening that fails is tried again by the next who needs it.
 */
export function laterTraining(open: () => Promise<Training>): Training {
  let opening: Promise<Training> | undefined;
  let isClosed = false;
  const training = async (): Promise<Training> => {
    opening ??= open();
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  return {
    upload: async (sample) => (await training()).upload(sample),
    retrain: async (request) => (await training()).retrain(request),
    runs: async () => (await training()).runs(),
    run: async (id) => (await training()).run(id),
    async *events(id, options) {
      yield* (await training()).events(id, options);
    },
    cancel: async (id) => (await training()).cancel(id),
    datasets: async () => (await training()).datasets(),
    dataset: async (model) => (await training()).dataset(model),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await opening?.then((opened) => opened.close()).catch(() => undefined);
    },
  };
}
