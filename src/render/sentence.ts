/** A text that begins in upper case, unless its first word may be a name, which people copy: `disk.example.com`, `worker-4`. */
export function sentence(text: string): string {
  return /^[a-z']+(?=[\s,;:]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
