import type { UploadAnswer } from "@plimsoll/api";
import { accessHeaders } from "../../client/request.ts";
import { RequestProblem } from "../../client/request-problem.ts";

/** Uploads one sample and says how far it is, which fetch cannot. @throws RequestProblem */
export function sendFile(options: {
  readonly model: string;
  readonly className: string;
  readonly file: File;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}): Promise<UploadAnswer> {
  const { model, className, file, onProgress, signal } = options;
  const form = new FormData();
  form.append("model", model);
  form.append("class_name", className);
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/upload");
    for (const [name, value] of Object.entries(accessHeaders())) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const ok = request.status >= 200 && request.status < 300;
      if (ok) return resolve(JSON.parse(request.responseText) as UploadAnswer);
      const answer = new Response(request.responseText, { status: request.status });
      RequestProblem.from(answer).then(reject, reject);
    };
    request.onerror = () =>
      reject(new RequestProblem(0, "E_UNREACHABLE", "The server does not answer"));
    request.onabort = () => reject(new RequestProblem(0, "E_ABORTED", "Stopped"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
