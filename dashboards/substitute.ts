/** Values by variable name, without `$`. */
export type VariableValues = Readonly<Record<string, string>>;

/** Substitutes variables in an expression: `$host`, `${host}`. Variables without a value are kept. */
export function substitute(expr: string, values: VariableValues): string {
  return expr.replace(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    return values[braced ?? bare ?? ''] ?? whole;
  });
}

/** Example values of Grafana's built-in variables; all differ, so that a range identifies its variable. */
export const BUILT_IN: VariableValues = { __rate_interval: '61s', __interval: '7s', __range: '3607s' };

/** A regular expression that matches exactly these values, in Grafana's format for several selected values. */
export function anyValueOf(values: readonly string[]): string {
  const escaped = values.map((value) => value.replace(/[\\^$*+?.()|[\]{}]/g, '\\\\$&'));
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}
