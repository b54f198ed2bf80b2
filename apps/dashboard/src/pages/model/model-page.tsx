import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";
export function ModelPage(props: { readonly name: string }): ReactNode {
  return <Page title={props.name ?? "…"}>{null}</Page>;
}
