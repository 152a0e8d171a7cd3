/** The name most like a mistyped one, or undefined where none is near enough to be worth suggesting. */
function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase());
    if (steps < least) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

/** How many letters must be put in, taken out or changed to make one word of the other. */
function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}

/** "Did you mean x?", or the known names (at most ten), or nothing. */
export function suggestion(name: string, known: readonly string[], word: string): string | undefined {
  const near = nearest(name, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  if (known.length === 0) return undefined;
  const shown = known.slice(0, 10).join(', ');
  return `Known ${word}: ${shown}${known.length > 10 ? ` and ${known.length - 10} more` : ''}.`;
}
