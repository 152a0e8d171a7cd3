/** CSI's word for an operation on the same volume that has not ended. Source: the error scheme of the CSI specification. */
export function isStillTrying(text: string): boolean {
  return /code = Aborted|operation with the given volume(?: id)? \S+ already exists/i.test(text);
}

const kinds: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['it is not allowed to', /forbidden|authori[sz]|unauthenticated|access ?denied|permission|credential/i],
  [
    'there is no room',
    /quota|limit ?exceeded|resource ?exhausted|insufficient|not have enough free storage|no space|out of (?:space|capacity)/i,
  ],
  ['the access mode is not offered', /access ?mode|readwritemany|multi[- ]?node|volume capabilit/i],
  ['no node or zone fits', /topolog|availability ?zone|no node|node\(s\)/i],
  ['the source is not there', /snapshot|data ?source|clone/i],
  ['the storage cannot be reached', /connection refused|no such host|unavailable|i\/o/i],
  ['the storage did not answer in time', /deadline ?exceeded|timed? ?out/i],
  ['a parameter is wrong', /invalid|parameter|unknown|not found|missing|unsupported/i],
];

/** What kind of refusal a provisioner's text is, in a few words; undefined for a text that says nothing known. */
export function refusal(text: string): string | undefined {
  if (isStillTrying(text)) return 'an earlier attempt has not ended';
  return kinds.find(([, pattern]) => pattern.test(text))?.[0];
}
