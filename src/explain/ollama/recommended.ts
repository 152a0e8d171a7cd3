/** A model that explains well for its size. */
export interface RecommendedModel {
  readonly name: string;
  /** Gigabytes to download. */
  readonly download: number;
  /** Gigabytes of memory that a machine should have for it, the rest of its work included. */
  readonly memory: number;
}

/** From the smallest to the largest. */
export const recommended: readonly [RecommendedModel, ...RecommendedModel[]] = [
  { name: 'qwen3:1.7b', download: 1.4, memory: 0 },
  { name: 'qwen3:4b', download: 2.5, memory: 7 },
  { name: 'qwen3:8b', download: 5.2, memory: 14 },
  { name: 'qwen3:14b', download: 9.3, memory: 23 },
  { name: 'qwen3:32b', download: 20, memory: 46 },
];

/** The largest model that suits a machine with so many bytes of memory. */
export function recommendedFor(bytes: number): RecommendedModel {
  return recommended.findLast(({ memory }) => memory <= bytes / 1e9) ?? recommended[0];
}
