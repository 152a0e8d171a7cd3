import { z } from 'zod';
import { momentOf } from '../graph/moment.ts';
import { nearest } from '../graph/nearest.ts';
import { codePattern, type IgnoreRule } from '../model/ignore.ts';

const word = z.string().trim().min(1, 'must not be empty');
const patterns = z
  .union([word.transform((text) => text.split(',')), z.array(word)], { error: 'must be a pattern, or a list of them' })
  .transform((all) => all.map((one) => one.trim()).filter((one) => one !== ''))
  .refine((all) => all.length > 0, 'must not be empty');

const codes = patterns.superRefine((all, context) => {
  for (const one of all) {
    if (!codePattern.test(one))
      context.addIssue({ code: 'custom', message: `"${one}" is no code, and no pattern of codes` });
  }
});

const until = z.string('must be a date such as 2026-12-31').transform((value, context) => {
  const moment = momentOf(value.trim());
  if (moment !== undefined) return moment;
  context.addIssue({
    code: 'custom',
    message: `"${value}" is no date such as 2026-12-31, and no time such as 2026-12-31T12:00:00Z`,
  });
  return z.NEVER;
});

const fields = { code: patterns, kind: patterns, namespace: patterns, name: patterns };
const rule = z
  .strictObject({ ...fields, code: codes, reason: word, until })
  .partial()
  .refine(
    (given) => Object.keys(fields).some((name) => name in given),
    'must say what to ignore: code, kind, namespace or name',
  )
  .transform(({ code = [], kind = [], namespace = [], name = [], ...rest }): IgnoreRule => ({
    code,
    kind,
    namespace,
    name,
    ...rest,
  }));
const rules = z.array(rule, { error: 'must be a list of rules, each with a code, kind, namespace or name' });

const known = [...Object.keys(fields), 'reason', 'until'];

/**
 * Which problems to ignore: rules, or false, as --no-ignore says, for telling everything. Mistakes keep their place in the list, which a
 * union of both would lose.
 */
export const ignoreRules = z.unknown().transform((value, context): readonly IgnoreRule[] | false => {
  if (value === false || (typeof value === 'string' && /^(?:false|no|0|off)$/i.test(value.trim()))) return false;
  const result = rules.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    for (const key of keys) context.addIssue({ code: 'custom', path: [...issue.path, key], message: noField(key) });
    if (keys.length === 0) context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
  }
  return z.NEVER;
});

function noField(name: string): string {
  const like = nearest(name, known);
  return `there is no such field${like === undefined ? ` beside ${known.join(', ')}` : `: did you mean ${like}?`}`;
}
