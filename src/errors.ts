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

const unreadable: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'its links lead in a circle'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EPERM', 'permission denied'],
]);

/** Why a file could not be read, from what the system said: in words where they are known. */
export function readProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return unreadable.get(code) ?? (error instanceof Error ? error.message : String(error));
}
