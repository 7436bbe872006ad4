/** HAProxy's values of the label `code`, also where it does not count by itself. */
export const CODE_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const;

export type CodeClass = (typeof CODE_CLASSES)[number];

/** The class of a status as it stands in a line; `other` for what is none, such as HAProxy's -1. */
export function codeClass(status: string): CodeClass {
  if (status.length !== 3) return 'other';
  const first = status.charCodeAt(0) - 0x30;
  return first >= 1 && first <= 5 ? (CODE_CLASSES[first - 1] ?? 'other') : 'other';
}
