/**
 * Whether to colour what goes to stdout: a flag or the configuration decides, then FORCE_COLOR, then NO_COLOR (https://no-color.org),
 * then whether stdout is a terminal that can.
 */
export function useColor(
  wanted: boolean | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (wanted !== undefined) return wanted;
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = environment;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return isTerminal && term !== 'dumb';
}
