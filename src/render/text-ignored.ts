import { refText } from '../model/object.ts';
import type { Report } from '../model/report.ts';
import { dateText } from './date-text.ts';
import { type Row, row, span } from './layout.ts';

/** How many rules are named. */
const shown = 3;

/** How many problems are ignored, and by what; with `all` each of them. Nothing where none is. */
export function ignoredRows({ suppressed }: Report, all: boolean): readonly Row[] {
  if (suppressed.length === 0) return [];
  const rules = [...new Set(suppressed.map(({ rule }) => rule))];
  const named = rules.slice(0, all ? rules.length : shown);
  const rest = rules.length - named.length;
  const by = `${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
  const count = suppressed.length === 1 ? '1 problem is' : `${suppressed.length} problems are`;
  return [
    row('', [`${count} ignored (${by}).${all ? '' : ' --all lists them.'}`], '  '),
    ...(all ? suppressed : []).map(({ object, message, code, severity, reason, until }) =>
      row(
        '  Ignored: ',
        [
          `${severity}, ${refText(object)}: ${message}`,
          span(`  ${code}`, 'dim'),
          ...(reason === undefined ? [] : [`, for: ${reason}`]),
          ...(until === undefined ? [] : [`, until ${dateText(until)}`]),
        ],
        '    ',
      ),
    ),
  ];
}
