/** A piece of a line. */
export type Inline =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "code"; readonly text: string }
  | { readonly is: "strong" | "emphasis"; readonly inside: readonly Inline[] }
  | { readonly is: "link"; readonly href: string; readonly inside: readonly Inline[] }
  | { readonly is: "picture"; readonly source: string; readonly says: string }
  | { readonly is: "break" };

/** A piece of a document. */
export type Block =
  | { readonly is: "heading"; readonly level: number; readonly inside: readonly Inline[] }
  | { readonly is: "paragraph"; readonly inside: readonly Inline[] }
  | { readonly is: "code"; readonly text: string }
  | { readonly is: "quote"; readonly inside: readonly Block[] }
  | {
      readonly is: "list";
      /** Of the first item, in a numbered list. */
      readonly start?: number;
      readonly items: readonly (readonly Block[])[];
    }
  | {
      readonly is: "table";
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly is: "rule" };
