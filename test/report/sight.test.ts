import { expect, test } from 'vitest';
import type { Analyzer } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { sightOf } from '../../src/report/sight.ts';
import { testAnalyzer } from '../support/analyzer.ts';
import { aFinding, type FindingOptions } from '../support/findings.ts';
import { reportOf } from '../support/report.ts';
import { snapshotOf, type SnapshotOptions } from '../support/snapshot.ts';

const analyzers: readonly Analyzer[] = [testAnalyzer];
const forbidden = 'may not be listed (403)';
const gap = (name: string, what: 'resource' | 'analyzer' | 'namespace' = 'resource', reason = forbidden) => ({
  what,
  name,
  reason,
});
const scope = (parts: Partial<Report['scope']>): Report['scope'] => ({
  namespaces: [],
  filters: [],
  targets: [],
  ...parts,
});

interface Run {
  readonly earlier?: Partial<Report>;
  readonly later?: Partial<Report>;
  /** What of the later run's cluster could not be read, where the run is our own; its gaps are all that is known otherwise. */
  readonly missing?: SnapshotOptions['missing'];
  /** The problem was found, but not shown. */
  readonly found?: boolean;
  readonly about?: string;
  readonly finding?: FindingOptions;
  readonly analyzer?: string;
}

/** Why the later run could not have seen the problem. */
function why(run: Run): string | undefined {
  const { earlier = {}, later = {}, missing, found = false, about = 'Pod shop/web-1' } = run;
  const finding = { ...aFinding('TestPodNotReady', about, run.finding), analyzer: run.analyzer ?? 'test' };
  const before = { ...reportOf([finding]), ...earlier };
  const facts = { snapshot: snapshotOf([], { missing: missing ?? {} }), findings: found ? [finding] : [] };
  const exact = missing !== undefined || found;
  return sightOf(
    before,
    { ...reportOf([]), ...later },
    { analyzers, ...(exact ? { facts } : {}) },
  )(before.problems[0]!);
}

// Seen: it is gone because it is gone.
test.each<[string, Run]>([
  ['everything could be read', { missing: {} }],
  ['by the report alone: nothing is a gap', {}],
  ['what its analyzer does not read is missing', { missing: { 'ingresses.networking.k8s.io': forbidden } }],
  [
    'by the report: what its analyzer does not read is a gap',
    { later: { gaps: [gap('ingresses.networking.k8s.io')] } },
  ],
  ['the earlier run lacked the same list', { earlier: { gaps: [gap('services')] }, missing: { services: forbidden } }],
  ['by the report: the same', { earlier: { gaps: [gap('services')] }, later: { gaps: [gap('services')] } }],
  [
    'by the report: pods could be listed in the same namespaces only',
    {
      earlier: { gaps: [gap('pods', 'resource', 'may be listed only in shop (403 elsewhere)')] },
      later: { gaps: [gap('pods', 'resource', 'may be listed only in shop (403 elsewhere)')] },
    },
  ],
  ['another analyzer stopped', { later: { gaps: [gap('nodes', 'analyzer')] } }],
  ['another namespace could not be checked', { later: { gaps: [gap('attic', 'namespace')] } }],
  ['its namespace is in the scope', { later: { scope: scope({ namespaces: ['shop', 'attic'] }) }, missing: {} }],
  [
    'it would be shown for a target, and was not found',
    { later: { scope: scope({ targets: ['pods/x'] }) }, missing: {} },
  ],
  [
    'one of its members is in the scope',
    {
      about: 'Node n1',
      finding: { members: ['Pod shop/web-1'] },
      later: { scope: scope({ namespaces: ['shop'] }) },
      missing: {},
    },
  ],
  ['a kind that is not read by any list', { about: 'Widget shop/w', missing: {} }],
])('seen: %s', (_, run) => {
  expect(why(run)).toBeUndefined();
});

// Not seen: nobody knows.
test.each<[string, Run, string]>([
  ['its object may not be listed', { missing: { pods: forbidden } }, `Pod shop/web-1: ${forbidden}`],
  ['by the report: the same', { later: { gaps: [gap('pods')] } }, `Pod shop/web-1: ${forbidden}`],
  [
    'its object could not be listed then either, and was found by other means',
    { earlier: { gaps: [gap('pods')] }, missing: { pods: forbidden } },
    `Pod shop/web-1: ${forbidden}`,
  ],
  [
    'by the report: pods can be listed in fewer namespaces than then',
    {
      earlier: { gaps: [gap('pods', 'resource', 'may be listed only in attic, shop (403 elsewhere)')] },
      later: { gaps: [gap('pods', 'resource', 'may be listed only in attic (403 elsewhere)')] },
    },
    'Pod shop/web-1: may be listed only in attic (403 elsewhere)',
  ],
  [
    'a member may not be listed',
    { about: 'Node n1', finding: { members: ['Pod shop/web-1'] }, missing: { pods: forbidden } },
    `Pod shop/web-1: ${forbidden}`,
  ],
  [
    'what its analyzer reads beside it is new to be missing',
    { missing: { services: forbidden } },
    `services: ${forbidden}`,
  ],
  ['by the report: the same', { later: { gaps: [gap('services')] } }, `services: ${forbidden}`],
  ['its analyzer stopped', { later: { gaps: [gap('test', 'analyzer', 'bug')] }, missing: {} }, 'analyzer test: bug'],
  [
    'its namespace could not be checked',
    { later: { gaps: [gap('shop', 'namespace')] } },
    `namespace shop: ${forbidden}`,
  ],
  ['its analyzer did not run', { analyzer: 'latest-tags', missing: {} }, 'the analyzer latest-tags did not run'],
  [
    'by the report: an analyzer that is not known here, and something that was seen then is not',
    { analyzer: 'latest-tags', later: { gaps: [gap('services')] } },
    `services: ${forbidden}`,
  ],
  [
    'it is in another namespace than those asked for',
    { later: { scope: scope({ namespaces: ['attic'] }) }, missing: {} },
    'it is outside the scope of this run',
  ],
  ['it is there, and the scope hides it', { found: true }, 'it is outside the scope of this run'],
  [
    'by the report: only some words were asked for',
    { earlier: { scope: scope({ targets: ['pods/x'] }) }, later: { scope: scope({ targets: ['pods/x'] }) } },
    'the later report shows only a part of the cluster',
  ],
])('not seen: %s', (_, run, reason) => {
  expect(why(run)).toBe(reason);
});
