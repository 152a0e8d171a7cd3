import { singularOf } from '../graph/names.ts';
import type { Analyzer, Finding, Incident } from '../model/finding.ts';
import { refKey, refText } from '../model/object.ts';
import type { Explanation, Step } from '../model/report.ts';
import { resourceOf } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { namedObjects, stateOfNamed } from './commands.ts';
import { sectionOf, type StepTemplate } from './runbook.ts';
import { fillCommand, fillProse, fillText } from './template.ts';

/**
 * Explains an incident from the runbook of its root's analyzer. Steps whose placeholders have no value are left out, and so are
 * those whose command names an object that is known not to exist.
 */
export function explainFromRunbook(
  incident: Incident,
  snapshot: Snapshot,
  analyzers: ReadonlyMap<string, Analyzer>,
): Explanation {
  const { root, chain } = incident;
  const section = sectionOf(analyzers.get(root.analyzer), root.code);
  const values = placeholders(root);
  const filled = (section?.steps ?? [])
    .map((template) => fillStep(template, values))
    .filter((step) => step !== undefined);
  const checked = (filled.length > 0 ? filled : describe(root)).map((step) => ({
    step,
    seen: seen(step, root, snapshot),
  }));
  const kept = checked.filter(({ seen: state }) => state !== 'absent');
  const sure = chain.every((hop) => hop.certainty === 'sure');
  return {
    source: 'runbook',
    cause: fillProse(section?.prose ?? '', values) || `${refText(root.object)}: ${root.message}.`,
    confidence: sure ? 'high' : 'medium',
    steps: kept.map(({ step }) => step),
    verified: kept.every(({ seen: state }) => state === 'found'),
  };
}

/** The values that every finding's runbook may use, and those that the finding brings. */
export function placeholders(finding: Finding): Readonly<Record<string, string>> {
  const { object, members, origins, key, values } = finding;
  const pod = [object, ...members, ...origins].find((one) => one.kind === 'Pod' && one.apiVersion === 'v1');
  return {
    kind: object.kind,
    resource: singularOf(object.apiVersion, object.kind),
    name: object.name,
    ...(object.namespace === undefined ? {} : { namespace: object.namespace }),
    ...(pod === undefined ? {} : { pod: pod.name }),
    ...(key === '' ? {} : { key }),
    ...values,
  };
}

function fillStep(template: StepTemplate, values: Readonly<Record<string, string>>): Step | undefined {
  const text = fillText(template.text, values);
  if (text === undefined) return undefined;
  if (template.command === undefined) return { phase: template.phase, text };
  const command = fillCommand(template.command, values);
  return command === undefined ? undefined : { phase: template.phase, text, command };
}

type Seen = ReturnType<typeof stateOfNamed>;

/** What is known of the objects that a step's command names. The objects that the root is about may be the missing ones. */
function seen(step: Step, root: Finding, snapshot: Snapshot): Seen {
  if (step.command === undefined) return 'found';
  const about = new Set([root.object, ...root.members, ...root.origins].map(refKey));
  return stateOfNamed(namedObjects(step.command), about, snapshot);
}

/** What can always be done with an object that exists: look at it. */
function describe(root: Finding): readonly Step[] {
  const { object } = root;
  const resource = resourceOf(object.apiVersion, object.kind);
  if (resource === undefined) return [];
  const where = object.namespace === undefined ? '' : ' -n {{namespace}}';
  const step = fillStep(
    { phase: 'confirm', text: 'Look at it', command: `kubectl describe {{resource}} {{name}}${where}` },
    placeholders(root),
  );
  return step === undefined ? [] : [step];
}
