/**
 * The fields of a JSON object; undefined for anything else. Not a zod schema: loading zod alone would take a tenth of the exporter's
 * memory (10 MiB when measured), for two small responses.
 */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}
