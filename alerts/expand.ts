import type { ExpectedAlert } from './alert-case.ts';

/** Expands the template forms that alerts use, as Prometheus does. */
export function expand(template: string, { labels, value }: ExpectedAlert): string {
  return template
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_match, name: string) => labels[name] ?? '')
    .replace(/\{\{ \$value[^}]*\}\}/g, value ?? '');
}
