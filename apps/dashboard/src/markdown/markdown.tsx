import { createElement, type ReactNode } from "react";
import type { Block, Inline } from "./markdown-block.ts";
import { parseMarkdown } from "./parse-markdown.ts";

export interface MarkdownProps {
  readonly text: string;
  /** Where a picture of this name lies on this server; undefined shows its words instead. */
  readonly picture?: (source: string) => string | undefined;
}

/** Markdown as elements of the page: nothing in it becomes markup of its own, and links leave without a referrer. */
export function Markdown({ text, picture = () => undefined }: MarkdownProps): ReactNode {
  return (
    <div className="markdown">
      {parseMarkdown(text).map((block, index) => show(block, index, picture))}
    </div>
  );
}

type Picture = NonNullable<MarkdownProps["picture"]>;

function show(block: Block, key: number, picture: Picture): ReactNode {
  const line = (inside: readonly Inline[]): ReactNode => inline(inside, picture);
  const blocks = (inside: readonly Block[]): ReactNode =>
    inside.map((each, index) => show(each, index, picture));
  switch (block.is) {
    case "heading":
      // The page and the card have the first two levels.
      return createElement(`h${Math.min(6, block.level + 2)}`, { key }, line(block.inside));
    case "paragraph":
      return <p key={key}>{line(block.inside)}</p>;
    case "code":
      return (
        <pre key={key} className="mono json" tabIndex={0}>
          {block.text}
        </pre>
      );
    case "quote":
      return <blockquote key={key}>{blocks(block.inside)}</blockquote>;
    case "rule":
      return <hr key={key} />;
    case "list": {
      const items = block.items.map((inside, index) => {
        const [only] = inside;
        const isLine = inside.length === 1 && only?.is === "paragraph";
        return <li key={index}>{isLine ? line(only.inside) : blocks(inside)}</li>;
      });
      return block.start === undefined ? (
        <ul key={key}>{items}</ul>
      ) : (
        <ol key={key} start={block.start}>
          {items}
        </ol>
      );
    }
    case "table":
      return (
        <div key={key} className="table-wrap" tabIndex={0} role="region" aria-label="Table">
          <table className="table">
            {block.head.some((cell) => cell.length > 0) && (
              <thead>
                <tr>
                  {block.head.map((cell, index) => (
                    <th key={index} scope="col">
                      {line(cell)}
                    </th>
                  ))}
                </tr>
              </thead>
            )}
            <tbody>
              {block.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={column}>{line(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

function inline(pieces: readonly Inline[], picture: Picture): ReactNode {
  return pieces.map((piece, key) => {
    switch (piece.is) {
      case "text":
        return piece.text;
      case "code":
        return <code key={key}>{piece.text}</code>;
      case "strong":
        return <strong key={key}>{inline(piece.inside, picture)}</strong>;
      case "emphasis":
        return <em key={key}>{inline(piece.inside, picture)}</em>;
      case "link":
        return (
          <a key={key} href={piece.href} target="_blank" rel="noreferrer noopener nofollow">
            {inline(piece.inside, picture)}
          </a>
        );
      case "picture": {
        const source = picture(piece.source);
        return source ? (
          <img key={key} src={source} alt={piece.says} loading="lazy" />
        ) : (
          <span key={key} className="soft">
            {piece.says || "picture"} ({piece.source})
          </span>
        );
      }
      case "break":
        return <br key={key} />;
    }
  });
}
