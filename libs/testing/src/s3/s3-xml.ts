import { S3Failure } from "./s3-failure.ts";

/** Content of an element: text, elements by name, or one element of a name several times. */
export type XmlContent = string | number | boolean | XmlElements;
export interface XmlElements {
  readonly [name: string]: XmlContent | readonly XmlContent[] | undefined;
}

/** An answer's document with S3's namespace. */
export function xmlDocument(root: string, content: XmlElements): string {
  const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${namespace}>${elements(content)}</${root}>`;
}

/** The document of a refusal; without a namespace, as S3 sends it. */
export function xmlError(code: string, message: string, resource: string): string {
  const content = elements({ Code: code, Message: message, Resource: resource, RequestId: "fake" });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${content}</Error>`;
}

/** Number and ETag of each part that a `CompleteMultipartUpload` names, in its order. */
export function readCompletedParts(body: Buffer): { number: number; etag: string }[] {
  const parts = [...body.toString("utf8").matchAll(/<Part>(.*?)<\/Part>/gs)].map(
    ([, part = ""]) => ({
      number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
      etag: (/<ETag>(.*?)<\/ETag>/s.exec(part)?.[1] ?? "")
        .replaceAll("&quot;", "")
        .replaceAll('"', ""),
    }),
  );
  if (parts.length === 0 || parts.some((part) => !(part.number >= 1)))
    throw new S3Failure("MalformedXML");
  return parts;
}

function elements(content: XmlElements): string {
  let text = "";
  for (const [name, value] of Object.entries(content))
    for (const one of Array.isArray(value)
      ? (value as readonly XmlContent[])
      : [value as XmlContent])
      if (one !== undefined)
        text += `<${name}>${typeof one === "object" ? elements(one) : escape(String(one))}</${name}>`;
  return text;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
