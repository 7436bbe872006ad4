import { z } from 'zod';

const labelsSchema = z.record(z.string(), z.string());

const alertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: labelsSchema,
  annotations: labelsSchema,
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  generatorURL: z.string().default(''),
  fingerprint: z.string(),
});

/** Alertmanager's webhook payload (version 4), the fields that a mail needs. */
export const payloadSchema = z.object({
  version: z.literal('4'),
  groupKey: z.string(),
  truncatedAlerts: z.number().default(0),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string(),
  groupLabels: labelsSchema,
  commonLabels: labelsSchema,
  commonAnnotations: labelsSchema,
  externalURL: z.string().default(''),
  alerts: z.array(alertSchema).min(1),
});

export type Payload = Readonly<z.infer<typeof payloadSchema>>;
export type PayloadAlert = Readonly<z.infer<typeof alertSchema>>;
