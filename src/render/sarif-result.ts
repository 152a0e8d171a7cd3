import { type ObjectRef, refText } from '../model/object.ts';
import type { Report, ReportIncident, ReportProblem } from '../model/report.ts';
import type { RenderOptions } from './formats.ts';
import { objectPath } from './object-path.ts';
import { levels } from './sarif-rules.ts';
import { clean } from './terminal.ts';
import { hasNew } from './text-baseline.ts';

/** How many paths through a chain, and how many other objects, a result names: GitHub takes more, and shows fewer. */
const most = { flows: 10, related: 100 };

export interface ResultContext {
  readonly report: Report;
  readonly options: RenderOptions;
  readonly problemOf: (id: string) => ReportProblem | undefined;
  readonly ruleIndex: (code: string) => number;
}

/** An incident as a result: what is wrong, where, why, and whether the baseline has all of it. */
export function incidentResult(incident: ReportIncident, context: ResultContext) {
  const { report, problemOf } = context;
  const { severity, object, message, symptoms, explanation, chain, since } = incident;
  const related = symptoms.slice(0, most.related).flatMap((symptom) => problemOf(symptom) ?? []);
  const fixes = explanation.steps.filter(({ phase }) => phase === 'fix').map(stepText);
  return {
    ...base(incident, context),
    message: messageText(
      [
        `${refText(object)}: ${message}.`,
        ...(symptoms.length === 0 ? [] : [`It explains ${symptoms.length} more.`]),
        explanation.cause,
        ...(fixes.length === 0 ? [] : [`Fix: ${fixes.join(' ')}`]),
      ].join(' '),
    ),
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((one, at) => ({
            id: at + 1,
            ...located(one.object, `${one.code}: ${one.message}`),
          })),
        }),
    ...(chain.length === 0 ? {} : { codeFlows: flows(incident, context) }),
    ...(report.suppressed.length === 0 ? {} : { suppressions: [] }),
    ...(report.baseline === undefined ? {} : { baselineState: hasNew(incident, context) ? 'new' : 'unchanged' }),
    properties: { severity, problems: 1 + symptoms.length, ...(since === undefined ? {} : { since }) },
  };
}

/** A problem that somebody said to ignore, as a result that is suppressed. */
export function suppressedResult(problem: Report['suppressed'][number], context: ResultContext) {
  const { object, message, by, rule, reason, until, severity } = problem;
  const justification = [reason, `by ${by}: ${rule}`, until === undefined ? undefined : `until ${until}`];
  return {
    ...base(problem, context),
    message: messageText(`${refText(object)}: ${message}.`),
    suppressions: [
      {
        kind: 'external',
        status: 'accepted',
        justification: clean(justification.filter((one) => one !== undefined).join('; ')),
      },
    ],
    ...(context.report.baseline === undefined ? {} : { baselineState: 'unchanged' }),
    properties: { severity },
  };
}

function base(
  { id, code, severity, object }: Pick<ReportIncident, 'id' | 'code' | 'severity' | 'object'>,
  { ruleIndex }: ResultContext,
) {
  return {
    ruleId: code,
    ruleIndex: ruleIndex(code),
    level: levels[severity],
    locations: [located(object)],
    // GitHub heeds the second name alone, and computes its value from the file only where there is none.
    partialFingerprints: { 'mekhanikube/v1': id, primaryLocationLineHash: id },
  };
}

/** The causal chain, a flow for each path from the root to an effect that explains nothing further. */
function flows({ root, chain }: ReportIncident, { problemOf }: ResultContext) {
  const causes = new Set(chain.map(({ from }) => from));
  const into = new Map(chain.map((hop) => [hop.to, hop]));
  const ends = [...new Set(chain.map(({ to }) => to))].filter((id) => !causes.has(id) || id === root);
  return (ends.length === 0 ? [chain.at(-1)?.to ?? root] : ends).slice(0, most.flows).map((end) => {
    const hops: ReportIncident['chain'][number][] = [];
    const seen = new Set<string>();
    for (let hop = into.get(end); hop !== undefined && !seen.has(hop.to); hop = into.get(hop.from)) {
      seen.add(hop.to);
      hops.unshift(hop);
    }
    const steps = [
      { id: hops[0]?.from ?? root, text: '' },
      ...hops.map(({ to, via }) => ({ id: to, text: ` (via ${via.field}: ${via.value})` })),
    ];
    const locations = steps.flatMap(({ id, text }) => {
      const problem = problemOf(id);
      return problem === undefined
        ? []
        : [{ location: located(problem.object, `${problem.code}: ${problem.message}${text}`) }];
    });
    return { threadFlows: [{ locations }] };
  });
}

/** An object as a location: the path for those who want a file, the names for those who do not. */
function located(object: ObjectRef, message?: string) {
  const { namespace, kind, name } = object;
  const path = [...(namespace === undefined ? [] : [namespace]), kind, name].map(clean).join('/');
  return {
    physicalLocation: { artifactLocation: { uri: objectPath(object) }, region: { startLine: 1 } },
    logicalLocations: [{ name: clean(name), fullyQualifiedName: path, kind: 'resource' }],
    ...(message === undefined ? {} : { message: messageText(message) }),
  };
}

function stepText({ text, command }: ReportIncident['explanation']['steps'][number]): string {
  return command === undefined ? text : `${text.replace(/[.:]$/, '')}: ${command}.`;
}

/** Text as a message. Braces stand for arguments there, and brackets before a parenthesis for a link (sections 3.11.5 and 3.11.6). */
export function messageText(text: string): { readonly text: string } {
  return { text: clean(text).replaceAll(/[{}]/g, '$&$&').replaceAll('](', '] (') };
}
