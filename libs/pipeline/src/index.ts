export { PipelineError, type PipelineErrorCode } from "./error.ts";
