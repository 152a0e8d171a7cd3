/**
 * The moment that a date (`2026-12-31`, its first second in UTC) or a time of RFC 3339 names, in whole seconds of UTC.
 * @returns undefined for other forms, and for days that no calendar has.
 */
export function momentOf(text: string): string | undefined {
  const [, day = '', rest] =
    /^(\d{4}-\d{2}-\d{2})([Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  const date = new Date(day);
  // The 30th of February would become the 2nd of March.
  if (day === '' || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) return undefined;
  const time = rest === undefined ? date : new Date(`${day}T${rest.slice(1)}`.toUpperCase());
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().replace(/\.\d+Z$/, 'Z');
}
