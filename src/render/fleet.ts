import type { FleetReport } from '../model/fleet-schema.ts';
import type { Format } from '../model/formats.ts';
import type { Report } from '../model/report.ts';
import type { RenderOptions } from './formats.ts';
import { line, lineValues } from './jsonl.ts';
import { blank, layout, type Row, row, span } from './layout.ts';
import { renderText } from './text.ts';
import { renderYaml } from './yaml.ts';
import { severities } from '../model/severities.ts';
import { jsonText } from './json-text.ts';

/** The forms that can hold several clusters; of the others there is one file for each. */
export const fleetFormats = ['text', 'json', 'jsonl', 'yaml'] as const satisfies readonly Format[];
export type FleetFormat = (typeof fleetFormats)[number];

/** Several clusters in one output, in the form of schema/fleet.json or, as lines and as text, one after another. */
export function renderFleet(format: FleetFormat, fleet: FleetReport, options: RenderOptions = {}): string {
  return renderers[format](fleet, options);
}

const renderers: Readonly<Record<FleetFormat, (fleet: FleetReport, options: RenderOptions) => string>> = {
  text: (fleet, options) =>
    [...fleet.clusters.map((report) => `${renderText(report, options)}\n`), renderFleetSummary(fleet, options)].join(
      '',
    ),
  json: (fleet) => jsonText(fleet),
  jsonl: ({ clusters, ...rest }) => [...clusters.flatMap(linesOf), line({ type: 'fleet', ...rest })].join(''),
  yaml: renderYaml,
};

/** The lines of one cluster, each with the context that it is of. */
function linesOf(report: Report): readonly string[] {
  return lineValues(report).map((value) => line({ context: nameOf(report), ...value }));
}

function nameOf({ cluster }: Report): string {
  return cluster.context ?? cluster.name;
}

/** What ends the text about several clusters: a line for each, with what is wrong there. No line begins as that of an incident. */
export function renderFleetSummary({ clusters, gaps, summary }: FleetReport, options: RenderOptions = {}): string {
  const rows: Row[] = [
    row('', [span(`${summary.clusters} clusters:`, 'strong')]),
    ...clusters.map((report) => {
      const { status, complete } = report;
      const { incidents } = report.summary;
      const counts = severities.filter((one) => incidents[one] > 0).map((one) => span(`${incidents[one]} ${one}`, one));
      const told = counts.flatMap((one, index) => (index === 0 ? [one] : [span(', '), one]));
      const found = told.length === 0 ? [span('no incidents', 'good')] : told;
      const rest = complete ? '' : status === 'ok' ? ', in what could be seen' : ', and something was not seen';
      return row('  ', [`${nameOf(report)}: `, ...found, rest], '    ');
    }),
    ...gaps.map(({ name, reason }) => row('  ', [`${name}: `, span('not read', 'warning'), `: ${reason}`], '    ')),
  ];
  const { columns = 80, color = false } = options;
  return layout([...rows, blank].slice(0, -1), { columns, color });
}
