import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";
export function TryPage(props: { readonly model: string | undefined }): ReactNode {
  return <Page title={props.model ?? "…"}>{null}</Page>;
}
