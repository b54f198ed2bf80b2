/** The route of an action on one model. */
export function adminPath(model: string, action: string): string {
  return `/api/v1/admin/models/${encodeURIComponent(model)}/${action}`;
}
