/** One sample of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples named `name`. Other lines are skipped, because this reads the metrics of other programs. */
export function readSamples(text: string, name: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(name)) return [];
    const match = LINE.exec(line);
    if (match?.[1] !== name) return [];
    const labels = [...(match[2] ?? '').matchAll(LABEL)].map(([, key = '', value = '']) => [
      key,
      value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    ]);
    return [{ name, labels: Object.fromEntries(labels) as Record<string, string>, value: Number(match[3]) }];
  });
}
