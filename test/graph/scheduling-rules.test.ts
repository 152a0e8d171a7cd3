/** The small rules against plain restatements of what the Kubernetes API says, over generated objects. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantity } from '../../src/graph/quantity.ts';
import {
  matchesNodeSelector,
  namedNodes,
  nodeAffinityMiss,
  type NodeSelector,
} from '../../src/graph/scheduling/node-affinity.ts';
import { portsConflict } from '../../src/graph/scheduling/ports.ts';
import { type Taint, type Toleration, toleratesTaint, untolerated } from '../../src/graph/scheduling/tolerations.ts';
import { type LabelSelector, matchesSelector } from '../../src/graph/selectors.ts';
import { node, pod } from '../support/objects.ts';

const key = fc.constantFrom('a', 'b', 'zone');
const word = fc.constantFrom('', 'x', 'y', '1', '7', '-3', '07');
const labels = fc.dictionary(key, word, { maxKeys: 3 });
const check = <T>(property: fc.IProperty<T>) => fc.assert(property, { numRuns: 500 });

describe('label selectors', () => {
  const requirement = fc.oneof(
    fc.record({
      key,
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.array(word, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );
  const selector = fc.record(
    { matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 3 }) },
    { requiredKeys: [] },
  );

  /** The same as a list of sentences, each of which must be true of the set of `key=value` pairs. */
  function restated({ matchLabels = {}, matchExpressions = [] }: LabelSelector, have: Record<string, string>): boolean {
    const pairs = new Set(Object.entries(have).map(([name, value]) => `${name}=${value}`));
    for (const [name, value] of Object.entries(matchLabels)) if (!pairs.has(`${name}=${value}`)) return false;
    for (const { key: name, operator, values = [] } of matchExpressions) {
      const hit = values.filter((value) => pairs.has(`${name}=${value}`)).length;
      const there = Object.keys(have).includes(name);
      const bad =
        (operator === 'In' && hit === 0) ||
        (operator === 'NotIn' && hit > 0) ||
        (operator === 'Exists' && !there) ||
        (operator === 'DoesNotExist' && there);
      if (bad) return false;
    }
    return true;
  }

  test('match as the API says', () => {
    check(
      fc.property(selector, labels, (one, have) => {
        expect(matchesSelector(one, have)).toBe(restated(one, have));
      }),
    );
  });
  test('an absent one matches nothing, an empty one everything', () => {
    check(
      fc.property(labels, (have) => {
        expect([matchesSelector(undefined, have), matchesSelector({}, have)]).toEqual([false, true]);
      }),
    );
  });
});

describe('tolerations', () => {
  const effect = fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule');
  const taint: fc.Arbitrary<Taint> = fc.record({ key, value: word, effect });
  const toleration: fc.Arbitrary<Toleration> = fc.record(
    {
      key: fc.option(key, { nil: '' }),
      operator: fc.constantFrom('', 'Equal', 'Exists', 'Lt', 'Gt', 'Like'),
      value: word,
      effect: fc.option(effect, { nil: '' }),
    },
    { requiredKeys: [] },
  );
  const numbers = /^(0|-?[1-9][0-9]*)$/;

  /** Three questions, each with its own way to be indifferent. */
  function restated(one: Toleration, other: Taint): boolean {
    const effects = one.effect ? [one.effect] : ['NoSchedule', 'NoExecute', 'PreferNoSchedule'];
    const keys = one.key ? [one.key] : ['a', 'b', 'zone'];
    if (!effects.includes(other.effect) || !keys.includes(other.key)) return false;
    const mine = one.value ?? '';
    const theirs = other.value ?? '';
    const numeric = numbers.test(mine) && numbers.test(theirs);
    return {
      '': mine === theirs,
      Equal: mine === theirs,
      Exists: true,
      Lt: numeric && Number(theirs) < Number(mine),
      Gt: numeric && Number(theirs) > Number(mine),
      Like: false,
    }[one.operator ?? '']!;
  }

  test('match as the API says', () => {
    check(
      fc.property(toleration, taint, (one, other) => {
        expect(toleratesTaint(one, other)).toBe(restated(one, other));
      }),
    );
  });
  test('what keeps a pod off is each hard taint that none of them matches', () => {
    check(
      fc.property(fc.array(toleration, { maxLength: 3 }), fc.array(taint, { maxLength: 3 }), (all, taints) => {
        const soft = new Set(taints.filter((one) => one.effect === 'PreferNoSchedule'));
        const left = taints.filter((one) => !soft.has(one)).filter((one) => !all.some((other) => restated(other, one)));
        expect(untolerated(all, taints)).toEqual(left);
      }),
    );
  });
  test('numbers beyond 64 bits compare with nothing', () => {
    const big = { key: 'a', effect: 'NoSchedule', value: '9223372036854775808' };
    expect(toleratesTaint({ key: 'a', operator: 'Gt', value: '1' }, big)).toBe(false);
    expect(toleratesTaint({ key: 'a', operator: 'Gt', value: '1' }, { ...big, value: '9223372036854775807' })).toBe(
      true,
    );
  });
});

describe('node selectors', () => {
  const requirement = fc.oneof(
    fc.record({
      key,
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.array(word, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
    fc.record({
      key,
      operator: fc.constantFrom('Gt', 'Lt'),
      values: fc.tuple(fc.constantFrom('0', '5', '-3', '007', 'x')),
    }),
  );
  const byName = fc.record({
    key: fc.constant('metadata.name'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.tuple(fc.constantFrom('n1', 'n2')),
  });
  const term = fc.record(
    { matchExpressions: fc.array(requirement, { maxLength: 3 }), matchFields: fc.array(byName, { maxLength: 2 }) },
    { requiredKeys: [] },
  );
  const selector: fc.Arbitrary<NodeSelector> = fc.record({
    nodeSelectorTerms: fc.array(term, { maxLength: 3 }),
  });
  const integer = /^[+-]?[0-9]+$/;

  /** Any term that says something and none of whose requirements is broken. */
  function restated({ nodeSelectorTerms }: NodeSelector, have: Record<string, string>, name: string): boolean {
    let any = false;
    for (const { matchExpressions = [], matchFields = [] } of nodeSelectorTerms) {
      let broken = matchExpressions.length + matchFields.length === 0;
      for (const { key: label, operator, values = [] } of matchExpressions) {
        const value = new Map(Object.entries(have)).get(label);
        const set = new Set<string | undefined>(values);
        if (operator === 'In') broken ||= !set.has(value);
        if (operator === 'NotIn') broken ||= set.has(value);
        if (operator === 'Exists') broken ||= value === undefined;
        if (operator === 'DoesNotExist') broken ||= value !== undefined;
        if (operator === 'Gt' || operator === 'Lt') {
          const whole = integer.test(value ?? '') && integer.test(values[0] ?? '');
          const difference = whole ? Number(value) - Number(values[0]) : 0;
          broken ||= operator === 'Gt' ? difference <= 0 : difference >= 0;
        }
      }
      for (const { operator, values = [] } of matchFields) broken ||= (values[0] === name) !== (operator === 'In');
      any ||= !broken;
    }
    return any;
  }

  test('match as the API says: terms ORed, requirements ANDed, empty terms nothing', () => {
    check(
      fc.property(selector, labels, fc.constantFrom('n1', 'n2'), (one, have, name) => {
        expect(matchesNodeSelector(one, have, name)).toBe(restated(one, have, name));
      }),
    );
  });
  test('without a name the fields are not looked at', () => {
    const one = { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }] };
    expect(matchesNodeSelector(one, {}, undefined)).toBe(true);
    expect(matchesNodeSelector(one, {}, 'n2')).toBe(false);
  });
  test('a pod is kept off by its nodeSelector or its affinity, and only by them', () => {
    check(
      fc.property(labels, fc.option(selector, { nil: undefined }), labels, (nodeSelector, required, have) => {
        const { spec } = pod('p', {
          spec: {
            nodeSelector,
            ...(required && {
              affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
            }),
          },
        });
        const host = node('n1', { metadata: { labels: undefined } });
        const miss = nodeAffinityMiss(spec, { ...host, metadata: { ...host.metadata, labels: have } });
        const selected = Object.entries(nodeSelector).every(([name, value]) => have[name] === value);
        expect(miss === undefined).toBe(selected && (required === undefined || restated(required, have, 'n1')));
      }),
    );
  });
  test('the nodes a DaemonSet names', () => {
    const spec = (terms: unknown[]) =>
      pod('p', {
        spec: {
          affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
        },
      }).spec;
    const on = (name: string) => ({ key: 'metadata.name', operator: 'In', values: [name] });
    expect(namedNodes(spec([{ matchFields: [on('n1')] }]))).toEqual(new Set(['n1']));
    expect(namedNodes(spec([{ matchFields: [on('n1')] }, { matchFields: [on('n2')] }]))).toEqual(new Set(['n1', 'n2']));
    expect(namedNodes(spec([{ matchFields: [on('n1'), on('n2')] }]))).toEqual(new Set());
    expect(namedNodes(spec([{ matchFields: [on('n1')] }, { matchExpressions: [] }]))).toBeUndefined();
    expect(namedNodes(pod('p').spec)).toBeUndefined();
  });
});

describe('quantities', () => {
  const suffixes = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
  const powers = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
  const up = (numerator: bigint, denominator: bigint) => (numerator + denominator - 1n) / denominator;

  test('decimal suffixes are powers of ten, fractions are rounded up to a nano unit', () => {
    check(
      fc.property(fc.nat(1_000_000), fc.nat(9999), fc.constantFrom(...Object.keys(suffixes)), (whole, part, suffix) => {
        const digits = String(part).padStart(4, '0');
        const exponent = suffixes[suffix as keyof typeof suffixes] + 9;
        expect(quantity(`${whole}.${digits}${suffix}`)).toBe(
          up(BigInt(whole + digits) * 10n ** BigInt(exponent), 10_000n),
        );
      }),
    );
  });
  test('binary suffixes are powers of 1024', () => {
    check(
      fc.property(fc.nat(1_000_000), fc.constantFrom(...Object.keys(powers)), (whole, suffix) => {
        const bytes = BigInt(whole) * 1024n ** BigInt(powers[suffix as keyof typeof powers]);
        expect(quantity(`${whole}${suffix}`)).toBe(bytes * 1_000_000_000n);
      }),
    );
  });
  test.each([
    ['1e3', 1_000_000_000_000n],
    ['1E3', 1_000_000_000_000n],
    ['12e-1', 1_200_000_000n],
    ['+5', 5_000_000_000n],
    ['-1500m', -1_500_000_000n],
    ['.5', 500_000_000n],
    ['5.', 5_000_000_000n],
    ['1E', 10n ** 27n],
    ['0', 0n],
  ])('%s', (text, value) => {
    expect(quantity(text)).toBe(value);
  });
  test.each(['', '.', 'Mi', '1 Gi', '1gi', '1KI', 'abc', '1e', '0x10', '--1', '1e1000'])('%j is none', (text) => {
    expect(quantity(text)).toBeUndefined();
  });
});

test('host ports exclude each other unless protocol, number or both addresses differ', () => {
  const port = fc.record({
    ip: fc.constantFrom('0.0.0.0', '10.0.0.1', '10.0.0.2'),
    protocol: fc.constantFrom('TCP', 'UDP'),
    port: fc.constantFrom(80, 81),
  });
  /** The addresses a port is bound on, of a node that has just these two. */
  const bound = (ip: string) => new Set(ip === '0.0.0.0' ? ['10.0.0.1', '10.0.0.2'] : [ip]);
  check(
    fc.property(port, port, (one, other) => {
      const shared = [...bound(one.ip)].some((ip) => bound(other.ip).has(ip));
      expect(portsConflict(one, other)).toBe(one.port === other.port && one.protocol === other.protocol && shared);
    }),
  );
});
