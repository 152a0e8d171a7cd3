import { refText } from '../model/object.ts';
import type { Report, ReportIncident, ReportProblem } from '../model/report.ts';
import { type Row, row, span } from './layout.ts';
import { markOf } from './text-baseline.ts';

/** How many effects of one cause are drawn. */
const shown = 5;

type ChainHop = ReportIncident['chain'][number];

/** Draws an incident as a tree, from the cause to its effects, each with the field that proves the connection. */
export function chainRows(
  incident: ReportIncident,
  {
    report,
    problemOf,
    all,
  }: {
    readonly report: Report;
    readonly problemOf: (id: string) => ReportProblem | undefined;
    readonly all: boolean;
  },
): readonly Row[] {
  const effects = Map.groupBy(incident.chain, (hop) => hop.from);
  const limit = all ? Infinity : shown;
  const drawn = new Set<string>();
  const rows: Row[] = [];
  const draw = (id: string, first: string, rest: string, via: ChainHop | undefined) => {
    const problem = problemOf(id);
    const again = drawn.has(id);
    drawn.add(id);
    const below = again ? [] : (effects.get(id) ?? []);
    const what =
      problem === undefined ? id : `${refText(problem.object)}: ${problem.message}${markOf(report, problem)}`;
    const told = again && problem !== undefined ? `${refText(problem.object)} (see above)` : what;
    const bar = below.length > 0 ? '│ ' : '  ';
    rows.push(row(first, [told], `${rest}${bar}`), ...proof(via, `${rest}${bar}`, problem?.message));
    below.slice(0, limit).forEach((hop, index) => {
      const last = index === below.length - 1;
      draw(hop.to, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`, hop);
    });
    if (below.length > limit) rows.push(row(`${rest}└─ `, [`and ${below.length - limit} more`]));
  };
  draw(incident.root, '  ', '  ', undefined);
  return rows;
}

/** The field that proves a hop, on a line of its own. */
function proof(hop: ChainHop | undefined, prefix: string, message = ''): readonly Row[] {
  if (hop === undefined) return [];
  const likely = hop.certainty === 'likely' ? ' (likely)' : '';
  const { field, value } = hop.via;
  const words = isSaid(value, message) ? field : `${field}: ${value}`;
  return [row(prefix, [span(`via ${words}${likely}`, 'dim')], `${prefix}  `)];
}

const long = 60;

/** Whether an effect's own sentence has the value that proves it, and the value is too long to be told twice. */
export function isSaid(value: string, message: string): boolean {
  return value.length > long && message.includes(value.replace(/ ?…$/, ''));
}
