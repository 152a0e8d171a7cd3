/** One line of an exposition, read back. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the text format of Prometheus as strictly as a server does. @throws where a line is neither a comment nor a sample. */
export function readSeries(text: string): readonly Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', pairs = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (value === undefined) throw new Error(`no sample: ${line}`);
      const labels: Record<string, string> = {};
      const rest = pairs.replaceAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/g, (_, label: string, escaped: string) => {
        labels[label] = escaped.replaceAll(/\\(.)/g, (_all, char: string) => (char === 'n' ? '\n' : char));
        return '';
      });
      if (rest !== '') throw new Error(`no labels: ${rest}`);
      return { name, labels, value: Number(value) };
    });
}
