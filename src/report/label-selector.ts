import { UserError } from '../errors.ts';
import type { LabelSelector } from '../graph/selectors.ts';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const key = String.raw`[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?`;
const value = String.raw`[\w.-]*`;
const forms: readonly (readonly [RegExp, (match: RegExpExecArray) => Requirement])[] = [
  [new RegExp(`^(${key})\\s*==?\\s*(${value})$`), ([, name = '', one = '']) => requirement(name, 'In', [one])],
  [new RegExp(`^(${key})\\s*!=\\s*(${value})$`), ([, name = '', one = '']) => requirement(name, 'NotIn', [one])],
  [
    new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`),
    ([, name = '', operator, list = '']) =>
      requirement(
        name,
        operator === 'in' ? 'In' : 'NotIn',
        list.split(',').map((one) => one.trim()),
      ),
  ],
  [new RegExp(`^!\\s*(${key})$`), ([, name = '']) => requirement(name, 'DoesNotExist')],
  [new RegExp(`^(${key})$`), ([, name = '']) => requirement(name, 'Exists')],
];

/**
 * Reads a label selector as kubectl's `-l` does: `app=web,tier!=cache,env in (a,b),zone notin (x),canary,!legacy`. Every part has
 * to match. Source: apimachinery pkg/labels (the numeric operators > and < are not read).
 * @throws UserError where a part is none of these.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const parts = split(text).map((part) => part.trim());
  return { matchExpressions: parts.map((part) => parsePart(part, text)) };
}

function parsePart(part: string, whole: string): Requirement {
  for (const [form, make] of forms) {
    const match = form.exec(part);
    if (match !== null) return make(match);
  }
  throw new UserError('bad-selector', `"${part}" in the label selector "${whole}" cannot be read`, {
    hint: 'Write it as kubectl does: -l app=web,tier!=cache or -l "env in (prod,test)".',
  });
}

function requirement(name: string, operator: string, values?: readonly string[]): Requirement {
  return values === undefined ? { key: name, operator } : { key: name, operator, values };
}

/** Splits at commas that are not within parentheses. */
function split(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}
