import { type ObjectRef, refKey } from '../model/object.ts';
import type { Report, ReportProblem } from '../model/report.ts';
import { jsonText } from './json-text.ts';

/**
 * The report in the form that `k8sgpt analyze -o json` has, for scripts that read it: a result for each object, with its problems as
 * errors, worst first. `problems` is their number, those of information included, for the form knows no severity; `status` is OK where
 * nothing is above information. `errors` holds what could not be seen. `details` is what K8sGPT would have had of a model.
 */
export function renderK8sgpt(report: Report): string {
  const { gaps, incidents, status } = report;
  const problems = report.problems.filter(({ suppressed }) => suppressed !== true);
  const explanations = new Map(incidents.map(({ root, explanation }) => [root, explanation]));
  const results = [...Map.groupBy(problems, ({ object }) => refKey(object)).values()].map((own) => ({
    kind: own[0]?.object.kind ?? '',
    name: nameOf(own[0]?.object),
    error: own.map((problem) => ({ Text: textOf(problem), KubernetesDoc: '', Sensitive: [] })),
    details: own.flatMap(({ id }) => detailsOf(explanations.get(id))).join('\n\n'),
    parentObject: '',
  }));
  const output = {
    provider: 'mekhanikube',
    errors: gaps.map(({ what, name, reason }) => `${what} ${name}: ${reason}`),
    status: status === 'ok' ? 'OK' : 'ProblemDetected',
    problems: problems.length,
    results,
  };
  return jsonText(output);
}

type Explained = Report['incidents'][number]['explanation'];

function detailsOf(explanation: Explained | undefined): readonly string[] {
  if (explanation === undefined) return [];
  const steps = explanation.steps.map(({ text, command }) => `- ${text}${command === undefined ? '' : ` ${command}`}`);
  return [[explanation.cause, ...steps].join('\n')];
}

function textOf({ code, message }: ReportProblem): string {
  return `${message} (${code})`;
}

/** As K8sGPT writes names: `namespace/name`; of objects without a namespace the name alone. */
function nameOf(object: ObjectRef | undefined): string {
  return object?.namespace === undefined ? (object?.name ?? '') : `${object.namespace}/${object.name}`;
}
