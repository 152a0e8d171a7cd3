/** A failure that the user can mend: shown as one line and a hint, with exit code 2, never as a stack trace. */
export class UserError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  /** @param code stable, kebab-case; @param options.hint what to do, one sentence. */
  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'UserError';
    this.code = code;
    this.hint = options.hint;
  }
}
