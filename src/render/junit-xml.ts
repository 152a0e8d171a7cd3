import { clean } from './terminal.ts';
import { attribute, xmlText } from './xml.ts';

/** What is said of a test case: nothing where it passed. */
interface Outcome {
  readonly element: 'failure' | 'error' | 'skipped' | 'system-out';
  readonly type?: string;
  readonly message?: string;
  readonly body?: string;
}

export interface Case {
  readonly name: string;
  readonly outcome?: Outcome;
}

export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly properties?: readonly (readonly [string, string | number])[];
}

/** Suites as a file of JUnit XML, in the order of elements that the schema of Jenkins' xUnit plugin asks for. */
export function junitXml(suites: readonly Suite[], takenAt: string): string {
  const head = `<testsuites name="mekhanikube" ${counts(suites.flatMap(({ cases }) => cases))} time="0">`;
  const body = suites.map((suite) => suiteText(suite, takenAt)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${body}</testsuites>\n`;
}

function suiteText({ name, cases, properties = [] }: Suite, takenAt: string): string {
  const lines = properties.map(
    ([key, value]) => `      <property${attribute('name', key)}${attribute('value', String(value))}/>\n`,
  );
  const head = `  <testsuite${attribute('name', name)} ${counts(cases)} skipped="${count(cases, 'skipped')}" time="0"${attribute('timestamp', takenAt)}>`;
  const own = lines.length === 0 ? '' : `    <properties>\n${lines.join('')}    </properties>\n`;
  return `${head}\n${own}${cases.map((one) => caseText(one, name)).join('')}  </testsuite>\n`;
}

function caseText({ name, outcome }: Case, suite: string): string {
  const head = `    <testcase${attribute('classname', suite)}${attribute('name', clean(name))} time="0"`;
  if (outcome === undefined) return `${head}/>\n`;
  const { element, type, message, body } = outcome;
  const attributes = `${attribute('type', type)}${attribute('message', message === undefined ? undefined : clean(message))}`;
  const inner = body === undefined ? '/>' : `>${xmlText(body)}</${element}>`;
  return `${head}>\n      <${element}${attributes}${inner}\n    </testcase>\n`;
}

function counts(cases: readonly Case[]): string {
  return `tests="${cases.length}" failures="${count(cases, 'failure')}" errors="${count(cases, 'error')}"`;
}

function count(cases: readonly Case[], element: Outcome['element']): number {
  return cases.filter(({ outcome }) => outcome?.element === element).length;
}
