import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";
export function RunPage(props: { readonly id: string }): ReactNode {
  return <Page title={props.id ?? "…"}>{null}</Page>;
}
