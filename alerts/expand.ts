import type { ExpectedAlert } from './alert-case.ts';

/** What Prometheus makes of the few template forms that alerts use. */
export function expand(template: string, { labels, value }: ExpectedAlert): string {
  return template
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_match, name: string) => labels[name] ?? '')
    .replace(/\{\{ \$value[^}]*\}\}/g, value ?? '');
}
