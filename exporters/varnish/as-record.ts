/**
 * The fields of a JSON object; undefined for anything else. By hand and not by a schema: to load zod alone would take a tenth of the exporter's
 * memory (10 MiB when it was measured), for two small answers.
 */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}
