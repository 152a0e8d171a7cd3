import { dateText } from './date-text.ts';
import { type Row, row, span } from './layout.ts';

/** The line that a text begins with: which cluster, and as it was when. */
export function clusterRow(report: {
  readonly cluster: {
    readonly name: string;
    readonly context?: string;
    readonly version?: string;
    readonly source: 'live' | 'recorded';
  };
  /** RFC 3339. */
  readonly takenAt: string;
}): Row {
  const { name, context, version, source } = report.cluster;
  const facts = [context === undefined ? '' : `context ${context}`, version ?? '']
    .filter((fact) => fact !== '')
    .join(', ');
  const how = source === 'recorded' ? 'recorded at' : 'at';
  const when = `, ${how} ${dateText(report.takenAt)}`;
  return row('', ['Cluster ', span(name, 'strong'), facts === '' ? '' : ` (${facts})`, when], '  ');
}
