import type { OpenApi, Operation } from "./openapi.ts";

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:56rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;text-transform:capitalize}
details{border:1px solid #8886;border-radius:.4rem;margin:.4rem 0;padding:.4rem .8rem}
summary{cursor:pointer}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{overflow:auto;max-height:28rem}
.method{display:inline-block;min-width:3.2rem;font-weight:700}
.who{opacity:.75}`;

function whoOf({ security }: Operation): string {
  const text = JSON.stringify(security ?? []);
  if (text.includes("adminToken")) return "admin token";
  return text.includes("apiKey") ? "API key, if one is set" : "anyone";
}

function entry(path: string, method: string, operation: Operation): string {
  const responses = Object.entries(operation.responses)
    .map(
      ([status, { description }]) => `<li><code>${status}</code> ${escapeHtml(description)}</li>`,
    )
    .join("");
  const schema = JSON.stringify(
    { parameters: operation.parameters, body: operation.requestBody, answers: operation.responses },
    undefined,
    2,
  );
  return `<details id="${escapeHtml(operation.operationId)}"><summary><span class="method">${method.toUpperCase()}</span>
<code>${escapeHtml(path)}</code> — ${escapeHtml(operation.summary)} <span class="who">(${whoOf(operation)})</span></summary>
<ul>${responses}</ul><pre tabindex="0">${escapeHtml(schema)}</pre></details>`;
}

/** The OpenAPI document as one page without scripts and without anything from elsewhere. */
export function documentPage({ info, paths }: OpenApi): string {
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const [tag = "other"] = operation.tags;
      groups.set(tag, [...(groups.get(tag) ?? []), entry(path, method, operation)]);
    }
  }
  const sections = [...groups].map(
    ([tag, entries]) => `<section><h2>${escapeHtml(tag)}</h2>${entries.join("\n")}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(info.title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${style}</style></head>
<body><main><h1>${escapeHtml(info.title)} ${escapeHtml(info.version)}</h1>
<p>${escapeHtml(info.description)} <a href="/openapi.json">OpenAPI 3.1 as JSON</a></p>
${sections.join("\n")}</main></body></html>
`;
}
