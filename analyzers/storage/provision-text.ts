const kinds: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['it is not allowed to', /forbidden|unauthori[sz]ed|unauthenticated|access ?denied|permission|credential/i],
  [
    'there is no room',
    /quota|limit ?exceeded|resource ?exhausted|insufficient|not have enough free storage|no space|out of (?:space|capacity)/i,
  ],
  ['the access mode is not offered', /access ?mode|readwritemany|multi[- ]?node|volume capabilit/i],
  ['no node or zone fits', /topolog|availability ?zone|no node|node\(s\)/i],
  ['the source is not there', /snapshot|data ?source|clone/i],
  ['the storage cannot be reached', /deadline exceeded|timed? ?out|connection refused|no such host|unavailable|i\/o/i],
  ['a parameter is wrong', /invalid|parameter|unknown|not found|missing|unsupported/i],
];

/** What kind of refusal a provisioner's text is, in a few words; undefined for a text that says nothing known. */
export function refusal(text: string): string | undefined {
  return kinds.find(([, pattern]) => pattern.test(text))?.[0];
}
