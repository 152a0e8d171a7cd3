import { UserError } from '../errors.ts';
import { optionNames } from './schema.ts';

type Raw = Record<string, unknown>;
type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'MEKHANIKUBE_';

/** `failOn` as a flag: `--fail-on`. */
export function flagName(name: string): string {
  const negated = name === 'color' || name === 'cache' || name === 'ignore' ? 'no-' : '';
  return `--${negated}${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `failOn` as a variable: `MEKHANIKUBE_FAIL_ON`. */
export function variableName(name: string): string {
  return `${prefix}${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * What the environment says. Variables that Kubernetes sets in every pod beside a Service named mekhanikube are none of ours.
 * An unknown name is kept, to be refused with the nearest.
 */
export function fromEnvironment(environment: Environment): Raw {
  const known = new Map(optionNames.map((name) => [variableName(name), name]));
  const raw: Raw = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || value === undefined || value === '') continue;
    const name = variable.slice(prefix.length);
    if (name === 'CONFIG' || /^(SERVICE|PORT)(_|$)|_(SERVICE_HOST|SERVICE_PORT|PORT)(_|$)/.test(name)) continue;
    if (name === 'SET') raw['analyzers'] = fromAssignments(value.split(','));
    else raw[known.get(variable) ?? camel(name)] = value;
  }
  return raw;
}

/** Settings of analyzers as `--set` writes them: `pods.startupGrace=10m`. @throws UserError where the form is another. */
export function fromAssignments(assignments: readonly string[]): Readonly<Record<string, Raw>> {
  const settings: Record<string, Raw> = {};
  for (const assignment of assignments) {
    const [, analyzer = '', name = '', value = ''] =
      /^\s*([^.=\s]+)\.([^.=\s]+)\s*=\s*(.+?)\s*$/.exec(assignment) ?? [];
    if (analyzer === '')
      throw new UserError('bad-setting', `--set ${assignment}: write ANALYZER.SETTING=VALUE`, {
        hint: 'See "mekhanikube analyzers" for the settings.',
      });
    settings[analyzer] = { ...settings[analyzer], [name]: value };
  }
  return settings;
}

function camel(name: string): string {
  return name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
