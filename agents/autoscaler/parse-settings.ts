import type { Problem } from '../../kit/problem.ts';
import { checkSettings } from './check-settings.ts';
import { settingsSchema, type Settings } from './settings.ts';

export type ParsedSettings =
  | { readonly settings: Settings; readonly problems: readonly Problem[] }
  | { readonly settings: undefined; readonly problems: readonly Problem[] };

/** Parses settings, and returns all their problems. Without an error, `settings` is defined. */
export function parseSettings(value: unknown): ParsedSettings {
  const parsed = settingsSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ message, path }): Problem => ({
      code: 'invalid-setting',
      severity: 'error',
      summary: `${message}.`,
      at: path.join('.'),
    }));
    return { settings: undefined, problems };
  }
  const problems = checkSettings(parsed.data);
  const isValid = problems.every(({ severity }) => severity !== 'error');
  return isValid ? { settings: parsed.data, problems } : { settings: undefined, problems };
}
