import { readFileSync } from 'node:fs';
import { z } from 'zod';

const plotSchema = z.object({
  query: z.string(),
  threshold: z.object({ comparison: z.enum(['==', '!=', '<', '<=', '>', '>=']), value: z.number() }).optional(),
  unit: z.string(),
});

/** By the name of the alert: what may be drawn of it. Rendered by the alerts room. */
export const plotTableSchema = z.record(z.string(), z.array(plotSchema));

export type Plot = Readonly<z.infer<typeof plotSchema>>;
export type PlotTable = Readonly<z.infer<typeof plotTableSchema>>;

/** Throws what the file system, JSON or the schema throws. */
export function readPlotTable(file: string): PlotTable {
  return plotTableSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
