import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { correlate } from '../../../src/engine/correlate.ts';
import type { Finding, Severity } from '../../../src/model/finding.ts';
import { trim } from '../../../src/report/ignore/trim.ts';
import { aFinding, needs } from '../../support/findings.ts';
import { snapshotOf } from '../../support/snapshot.ts';

const ranks: readonly Severity[] = ['critical', 'warning', 'info'];

/** Findings of which each may be explained by any others: chains, trees, diamonds, cycles. */
const findings = fc
  .array(
    fc.record({
      severity: fc.constantFrom(...ranks),
      causes: fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
      ignored: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    all.map(({ severity, causes, ignored }, index) => ({
      ignored,
      finding: aFinding('PodBad', `Pod shop/p${index}`, {
        severity,
        breaks: ['run'],
        causes: causes.map((cause) => needs('run', `Pod shop/p${cause}`)),
      }),
    })),
  );

test('what counts stays, connected to its root; what is ignored stays only on the way to it', () => {
  fc.assert(
    fc.property(findings, (all) => {
      const ids = new Set(all.filter(({ ignored }) => ignored).map(({ finding }) => finding.id));
      const isIgnored = ({ id }: Finding) => ids.has(id);
      for (const before of correlate(
        snapshotOf([]),
        all.map(({ finding }) => finding),
      )) {
        const counted = [before.root, ...before.symptoms].filter((finding) => !isIgnored(finding));
        const after = trim(before, isIgnored);
        expect(after === undefined).toBe(counted.length === 0);
        if (after === undefined) continue;
        const told = [after.root, ...after.symptoms];
        const toldIds = told.map(({ id }) => id);
        expect(after.root).toBe(before.root);
        expect(toldIds).toEqual(expect.arrayContaining(counted.map(({ id }) => id)));
        expect(ranks.indexOf(after.severity)).toBe(Math.min(...counted.map(({ severity }) => ranks.indexOf(severity))));
        // Every hop leads from something told to something told, and all that is told can be reached.
        const reached = new Set([after.root.id]);
        for (let size = 0; size !== reached.size;) {
          size = reached.size;
          for (const { from, to } of after.chain) if (reached.has(from.id)) reached.add(to.id);
        }
        expect([...reached].toSorted()).toEqual(toldIds.toSorted());
        // Something ignored is told only where something that counts hangs below it.
        for (const finding of told.filter(isIgnored)) {
          const below = new Set([finding.id]);
          for (let size = 0; size !== below.size;) {
            size = below.size;
            for (const { from, to } of after.chain) if (below.has(from.id)) below.add(to.id);
          }
          expect(finding === after.root || counted.some(({ id }) => below.has(id))).toBe(true);
        }
      }
    }),
    { numRuns: 500 },
  );
});
