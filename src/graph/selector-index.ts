import { groupBy } from './memo.ts';
import { type LabelSelector, matchesSelector } from './selectors.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Turns many selectors into a question: which of them match these labels? A selector is filed under one pair that it demands, the one
 * that the fewest others demand too, so that only a few are tried. Selectors without such a pair are tried for all labels; those
 * that are absent match nothing.
 */
export function selectorIndex<Item>(
  items: readonly Item[],
  selectorOf: (item: Item) => LabelSelector | undefined,
): (labels: Labels | undefined) => readonly Item[] {
  const demanded = (item: Item) => Object.entries(selectorOf(item)?.matchLabels ?? {}).map(pairText);
  const common = new Map<string, number>();
  for (const pair of items.flatMap(demanded)) common.set(pair, (common.get(pair) ?? 0) + 1);
  const rarest = (item: Item) =>
    demanded(item).sort((one, other) => (common.get(one) ?? 0) - (common.get(other) ?? 0))[0];
  const index = groupBy(items, (item) => rarest(item) ?? anyPair);
  const rest = index.get(anyPair) ?? [];
  return (labels) => {
    const filed = Object.entries(labels ?? {}).flatMap((pair) => index.get(pairText(pair)) ?? []);
    return [...filed, ...rest].filter((item) => matchesSelector(selectorOf(item), labels));
  };
}

/** No label key is empty, so no pair reads like this. */
const anyPair = '';

function pairText([key, value]: readonly [string, string]): string {
  return `${key}=${value}`;
}
