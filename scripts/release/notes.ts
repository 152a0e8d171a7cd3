/**
 * What the change log says of a version, in Markdown, without its heading.
 * @param section the heading: a version, or `Unreleased`. @returns undefined where there is no such section, or nothing in it.
 */
export function notesOf(changelog: string, section: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const found = sections.find((one) => one.split(/[\s\]]/, 1)[0]?.replace('[', '') === section);
  const text = found?.slice(found.indexOf('\n')).trim();
  return text === undefined || text === '' ? undefined : `${text}\n`;
}
