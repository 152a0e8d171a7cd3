import type { ResourceTypes } from '../../model/resources.ts';
import { quantity } from '../quantity.ts';

export type Device = NonNullable<ResourceTypes['resourceslices.resource.k8s.io']['spec']['devices']>[number];

/** What a selector says of one device; `unknown` where its expression is of a form that is not understood here. */
export type Admission = 'yes' | 'no' | 'unknown';

const text = `"[^"\\\\]*"|'[^'\\\\]*'`;
const literal = `${text}|true|false|-?\\d{1,15}`;
const member = `\\[\\s*(${text})\\s*\\](?:\\.(\\w+)|\\[\\s*(${text})\\s*\\])`;
const driverIs = new RegExp(`^device\\.driver\\s*(==|!=)\\s*(${text})$`);
const attributeIs = new RegExp(`^device\\.attributes${member}\\s*(==|!=)\\s*(${literal})$`);
const attributeIn = new RegExp(
  `^device\\.attributes${member}\\s+in\\s+\\[\\s*((?:${literal})(?:\\s*,\\s*(?:${literal}))*)\\s*\\]$`,
);
const attributeHolds = new RegExp(`^(!?)device\\.attributes${member}$`);
const capacityIs = new RegExp(
  `^device\\.capacity${member}\\.compareTo\\(\\s*quantity\\(\\s*(${text})\\s*\\)\\s*\\)\\s*(==|!=|>=|<=|>|<)\\s*0$`,
);

/**
 * Whether a device passes a CEL selector that is a conjunction of comparisons: of its driver, of attributes with texts, numbers and
 * truth values, of capacities with quantities. A missing attribute fails, as it does in CEL. Of any other term nothing is concluded.
 * Source: resource.k8s.io/v1 CELDeviceSelector.
 */
export function admission(expression: string, driver: string, device: Device): Admission {
  const bare = expression.replaceAll(new RegExp(text, 'g'), '');
  if (/\|\||\?|\b(all|exists|exists_one|filter|map)\(/.test(bare)) return 'unknown';
  const terms = expression.split('&&').map((term) => term.trim());
  if (!terms.every(isWhole)) return 'unknown';
  const answers = new Set(terms.map((term) => ofTerm(term, driver, device)));
  if (answers.has('no')) return 'no';
  return answers.has('unknown') ? 'unknown' : 'yes';
}

/** False for half of a group, whose meaning depends on what stands around it. */
function isWhole(term: string): boolean {
  const bare = term.replaceAll(new RegExp(text, 'g'), '');
  if (/["']/.test(bare)) return false;
  return ['()', '[]', '{}'].every(([open = '', close = '']) => bare.split(open).length === bare.split(close).length);
}

function ofTerm(term: string, driver: string, device: Device): Admission {
  const [, driverSign, wanted = ''] = driverIs.exec(term) ?? [];
  if (driverSign !== undefined) return answer((driver === unquoted(wanted)) === (driverSign === '=='));
  const equal = attributeIs.exec(term);
  if (equal !== null) {
    const [, domain, name, quoted, sign, value = ''] = equal;
    const own = attribute(device, driver, domain, name ?? quoted);
    if (own === 'other') return 'unknown';
    return own === undefined ? 'no' : answer((own === valueOf(value)) === (sign === '=='));
  }
  const among = attributeIn.exec(term);
  if (among !== null) {
    const [, domain, name, quoted, list = ''] = among;
    const own = attribute(device, driver, domain, name ?? quoted);
    const values = [...list.matchAll(new RegExp(literal, 'g'))].map(([one]) => valueOf(one));
    return own === 'other' ? 'unknown' : answer(own !== undefined && values.includes(own));
  }
  const flag = attributeHolds.exec(term);
  if (flag !== null) {
    const [, not, domain, name, quoted] = flag;
    const own = attribute(device, driver, domain, name ?? quoted);
    return own === 'other' ? 'unknown' : answer(own === (not === ''));
  }
  const amount = capacityIs.exec(term);
  return amount === null ? 'unknown' : ofCapacity(amount, driver, device);
}

function ofCapacity(match: RegExpExecArray, driver: string, device: Device): Admission {
  const [, domain, name, quoted, least = '', sign] = match;
  const own = quantity(valued(device.capacity, driver, domain, name ?? quoted)?.value);
  const asked = quantity(unquoted(least));
  if (own === undefined) return 'no';
  if (asked === undefined) return 'unknown';
  const order = own === asked ? '=' : own > asked ? '>' : '<';
  return answer(sign === '!=' ? order !== '=' : (sign ?? '').replace('==', '=').includes(order));
}

/** The value of an attribute; `other` for versions and lists, which compare in ways of their own. */
function attribute(device: Device, driver: string, domain: string | undefined, name: string | undefined) {
  const found = valued(device.attributes, driver, domain, name);
  if (found === undefined) return undefined;
  // A text is kept with its quotes, so that none is taken for another kind of value.
  return found.string === undefined ? (found.bool ?? found.int ?? 'other') : JSON.stringify(found.string);
}

/** Names without a domain belong to the driver's own. */
function valued<Value>(
  all: { readonly [name: string]: Value } | undefined,
  driver: string,
  domain: string | undefined,
  name: string | undefined,
): Value | undefined {
  const space = unquoted(domain ?? '');
  const own = /^["']/.test(name ?? '') ? unquoted(name ?? '') : (name ?? '');
  return all?.[`${space}/${own}`] ?? (space === driver ? all?.[own] : undefined);
}

function valueOf(one: string): string | number | boolean {
  if (/^["']/.test(one)) return JSON.stringify(unquoted(one));
  return one === 'true' || (one === 'false' ? false : Number(one));
}

function unquoted(one: string): string {
  return one.slice(1, -1);
}

function answer(holds: boolean): Admission {
  return holds ? 'yes' : 'no';
}
