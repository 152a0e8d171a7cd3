const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What XML 1.0 allows neither as it is nor by number: https://www.w3.org/TR/xml/#charsets. Lone surrogates have no encoding. */
const illegal = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Text as the content of an element: what XML cannot hold becomes U+FFFD. */
export function xmlText(text: string): string {
  return text.replaceAll(illegal, '\u{FFFD}').replaceAll(/[&<>"']/g, (char) => entities[char] ?? char);
}

/** An attribute with the space before it; nothing where there is no value. */
export function attribute(name: string, value: string | undefined): string {
  // Readers take line breaks and tabs in attributes for spaces unless they are written by number.
  const text = value === undefined ? '' : xmlText(value).replaceAll(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);
  return value === undefined ? '' : ` ${name}="${text}"`;
}
