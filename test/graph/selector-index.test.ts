import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectorIndex } from '../../src/graph/selector-index.ts';
import { type LabelSelector, matchesSelector } from '../../src/graph/selectors.ts';

const word = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(word, word, { maxKeys: 3 });
const selector: fc.Arbitrary<LabelSelector | undefined> = fc.option(
  fc.record(
    {
      matchLabels: labels,
      matchExpressions: fc.array(fc.record({ key: word, operator: fc.constantFrom('Exists', 'DoesNotExist') }), {
        maxLength: 1,
      }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

test('finds the selectors that trying them all finds', () => {
  fc.assert(
    fc.property(fc.array(selector, { maxLength: 8 }), labels, (selectors, have) => {
      const items = selectors.map((one, index) => ({ one, index }));
      const found = selectorIndex(items, ({ one }) => one)(have).map(({ index }) => index);
      expect(found.sort((one, other) => one - other)).toEqual(
        items.filter(({ one }) => matchesSelector(one, have)).map(({ index }) => index),
      );
    }),
  );
});
