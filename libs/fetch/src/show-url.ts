/**
 * A URL for people: without query, fragment and user, where secrets would be, and without control characters. A store's
 * query (`s3://…?endpoint=…`) goes too.
 */
export function showUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return escape(`${protocol}//${host}${pathname}`);
  } catch {
    return escape(url.split(/[?#]/)[0] ?? "");
  }
}

function escape(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
