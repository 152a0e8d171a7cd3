const longest = 200;

/**
 * A text from the cluster for use inside a message: its first line that is not empty, at most 200 characters, without the full stop
 * at its end.
 */
export function quote(text: string | undefined): string {
  const line = (text ?? '').split(/[\r\n]+/).find((one) => one.trim() !== '') ?? '';
  const clean = line.replaceAll(/\s+/g, ' ').trim();
  const cut = clean.length > longest ? `${clean.slice(0, longest).trimEnd()}…` : clean;
  return trimStops(cut);
}

function trimStops(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '.' || text[end - 1] === ' ')) end -= 1;
  return text.slice(0, end);
}

/** `: text` where there is a text, else nothing. */
export function after(text: string | undefined): string {
  const words = quote(text);
  return words === '' ? '' : `: ${words}`;
}

/** Names as people list them: `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], most = 3): string {
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
