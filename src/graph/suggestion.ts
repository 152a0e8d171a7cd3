import { nearest } from './nearest.ts';

/** `Did you mean "x"?`, or the known names (at most ten), or nothing. */
export function suggestion(name: string, known: readonly string[], word: string): string | undefined {
  const near = nearest(name, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (known.length === 0) return undefined;
  const shown = known.slice(0, 10).join(', ');
  return `Known ${word}: ${shown}${known.length > 10 ? ` and ${known.length - 10} more` : ''}.`;
}
