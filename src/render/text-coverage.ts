import type { Report } from '../model/report.ts';
import { resources } from '../model/resources.ts';
import { type Row, row, span } from './layout.ts';

/** How many names share one reason before the rest is counted. */
const shown = 10;

/** How long an assumption or a hint may be. */
const longest = 160;

/** The resources that people count a cluster by, in the order of telling. */
const counted = ['pods', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'services', 'nodes'] as const;

/** "143 pods, 20 deployments and 3 nodes". */
export function checkedText({ stats }: Report): string {
  const parts = counted.flatMap((resource) => {
    const count = stats.resources[resource];
    if (count === undefined || count === 0) return [];
    const { plural } = resources[resource];
    return [`${count} ${count === 1 ? plural.replace(/s$/, '') : plural}`];
  });
  return joined(parts.length === 0 ? [`${stats.objects} ${stats.objects === 1 ? 'object' : 'objects'}`] : parts);
}

/** What could not be seen, what was assumed, and what would show more. */
export function coverageRows(report: Report, all: boolean): readonly Row[] {
  const { gaps, assumptions, hints } = report;
  const byReason = Map.groupBy(
    gaps.filter(({ what }) => what !== 'explanation'),
    ({ reason }) => reason,
  );
  const unseen = [...byReason].map(([reason, group]) => {
    const names = group.map(({ what, name }) => (what === 'resource' ? shortName(name) : `${what} ${name}`));
    const kept = all ? names : names.slice(0, shown);
    const rest = names.length - kept.length;
    return `${kept.join(', ')}${rest > 0 ? ` and ${rest} more` : ''} (${reason})`;
  });
  return [
    ...(unseen.length === 0 ? [] : [row('', [span('Not seen: ', 'warning'), unseen.join('; ')], '  ')]),
    ...(assumptions.length === 0
      ? []
      : [
          row('', [span('Assumed: ', 'strong'), assumptions.map((one) => ended(all ? one : cut(one))).join(' ')], '  '),
        ]),
    ...hints.map((hint) => row('', [span('Hint: ', 'strong'), all ? hint : cut(hint)], '  ')),
  ];
}

/** `deployments` for `deployments.apps`; names that the tool does not know keep their group. */
function shortName(resource: string): string {
  const known = Object.entries(resources).find(([name]) => name === resource);
  return known === undefined ? resource : known[1].plural;
}

/** A sentence of bearable length: what was cut is said with --all. */
function cut(text: string): string {
  if (text.length <= longest) return text;
  const end = text.lastIndexOf(' ', longest);
  return `${text.slice(0, end === -1 ? longest : end).replace(/[,;:]$/, '')} ... (--all shows the rest)`;
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** "a", "a and b", "a, b and c". */
export function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
