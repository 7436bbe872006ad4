/** Values of the label `code`: HAProxy's own, also for the access-log metrics. */
export const CODE_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const;

export type CodeClass = (typeof CODE_CLASSES)[number];

/** Class of the status in a line; `other` for an invalid one, such as HAProxy's -1. */
export function codeClass(status: string): CodeClass {
  if (status.length !== 3) return 'other';
  const first = status.charCodeAt(0) - 0x30;
  return first >= 1 && first <= 5 ? (CODE_CLASSES[first - 1] ?? 'other') : 'other';
}
