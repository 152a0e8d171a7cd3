import { analyzers } from '../../analyzers/index.ts';

const titles = new Map(
  analyzers.flatMap(({ codes }) => Object.entries(codes).map(([code, { title }]) => [code, title] as const)),
);

/** The title of a code of an analyzer that comes with the package. */
export function titleOf(code: string): string | undefined {
  return titles.get(code);
}
