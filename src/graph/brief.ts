/**
 * A text of the cluster (a condition's, an event's) as part of a sentence: one line, without a full stop at its end, cut between words with
 * an ellipsis where it is longer than so many characters.
 */
export function brief(text: string | undefined, length = 300): string {
  const flat = (text ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.\s]{1,10}$/, '');
  return flat.length > length ? `${flat.slice(0, length).replace(/\s\S*$/, '')} …` : flat;
}
