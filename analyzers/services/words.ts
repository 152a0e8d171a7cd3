/** A controller's words as part of a sentence. */
export function oneLine(text: string): string {
  return text
    .slice(0, 400)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.\s]{1,5}$/, '')
    .slice(0, 300);
}
