/** Values by the name of the variable, without `$`. */
export type VariableValues = Readonly<Record<string, string>>;

/** Puts values where an expression names variables: `$host`, `${host}`. Those without a value stay. */
export function substitute(expr: string, values: VariableValues): string {
  return expr.replace(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    return values[braced ?? bare ?? ''] ?? whole;
  });
}

/** What Grafana puts in by itself, each value once, so that a range can be told by it. */
export const BUILT_IN: VariableValues = { __rate_interval: '61s', __interval: '7s', __range: '3607s' };

/** A regular expression that matches these values and no other, as Grafana writes several chosen ones. */
export function anyValueOf(values: readonly string[]): string {
  const escaped = values.map((value) => value.replace(/[\\^$*+?.()|[\]{}]/g, '\\\\$&'));
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}
