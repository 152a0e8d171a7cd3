/** A text of a condition as part of a sentence. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .slice(0, 400)
    .replace(/[.\s]{1,5}$/, '');
}
