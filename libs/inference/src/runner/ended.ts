import { InferenceError } from "../error.ts";

/** What those are told who wait for a version that is taken away. */
export const ended = (): InferenceError =>
  new InferenceError("E_CLOSED", "this version of the model was unloaded");
