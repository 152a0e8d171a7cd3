import { refText } from '../model/object.ts';
import type { ReportIncident } from '../model/report.ts';
import { layout, line, span } from './layout.ts';
import { escapeJson } from './terminal.ts';

interface Told {
  readonly change: string;
  readonly incident: ReportIncident;
  readonly was?: string;
}

const words: Readonly<Record<string, string>> = {
  new: 'NEW',
  worse: 'WORSE',
  better: 'BETTER',
  resolved: 'RESOLVED',
  ignored: 'IGNORED',
  unseen: 'UNSEEN',
};

/** What changed, a line each, for a person: when, how, how bad, of what, and what it says. @param at RFC 3339 */
export function renderChanges(changes: readonly Told[], at: string, { color }: { readonly color: boolean }): string {
  const rows = changes.map(({ change, incident }) => {
    const { severity, object, message, code } = incident;
    const isOver = change === 'resolved';
    return line('', [
      span(`${at.slice(0, 19).replace('T', ' ')}Z  `, 'dim'),
      span((words[change] ?? change).padEnd(10), isOver ? 'good' : 'strong'),
      span(severity.toUpperCase().padEnd(10), isOver ? 'dim' : severity),
      `${refText(object)}: ${message}  `,
      span(code, 'dim'),
    ]);
  });
  return layout(rows, { columns: Number.POSITIVE_INFINITY, color });
}

/** The same for programs: a JSON line each. */
export function renderChangeLines(changes: readonly Told[], at: string): string {
  return changes.map((one) => `${escapeJson(JSON.stringify({ type: 'change', at, ...one }))}\n`).join('');
}
