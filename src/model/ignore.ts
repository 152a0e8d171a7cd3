/** Which problems somebody does not want to be told of. A `*` in a pattern stands for anything; an empty list for all. */
export interface IgnoreRule {
  readonly code: readonly string[];
  readonly kind: readonly string[];
  readonly namespace: readonly string[];
  readonly name: readonly string[];
  readonly reason?: string | undefined;
  /** When it ends, RFC 3339. */
  readonly until?: string | undefined;
}

/** What a code may look like where one is to be ignored: letters and digits, and `*` between and around them. */
export const codePattern = /^(?:\*|\*?[A-Za-z0-9]+(?:\*[A-Za-z0-9]+)*\*?)$/;
