/** A number that is not negative, as servers write it; undefined for anything else. */
export function parseAmount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
}

/** A trace ID; undefined if the request had none or the text is not a trace ID. */
export function parseTraceId(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}
