import { UserError } from '../../errors.ts';

/** A mapping out of a YAML document, with the way to it, for messages. */
export class Fields {
  readonly #file: string;
  readonly #path: string;
  readonly #value: Readonly<Record<string, unknown>>;

  /** @throws UserError `bad-kubeconfig` when the value is not a mapping; nothing at all counts as an empty one. */
  constructor(file: string, path: string, value: unknown) {
    this.#file = file;
    this.#path = path;
    if (value !== null && value !== undefined && (typeof value !== 'object' || Array.isArray(value)))
      this.#wrong(path, 'a mapping');
    this.#value = (value ?? {}) as Readonly<Record<string, unknown>>;
  }

  /** A text, or undefined where it is missing or empty. Numbers and booleans without quotes are taken as they are written. */
  text(key: string): string | undefined {
    const value = this.#value[key];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value === 'string') return value;
    return this.#wrong(this.#at(key), 'a text');
  }

  flag(key: string): boolean {
    return ['true', 'yes', 'on'].includes((this.text(key) ?? '').toLowerCase());
  }

  texts(key: string): readonly string[] {
    return this.#array(key).map((value) => {
      if (typeof value === 'string') return value;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      return this.#wrong(this.#at(key), 'a list of texts');
    });
  }

  at(key: string): Fields {
    return new Fields(this.#file, this.#at(key), this.#value[key]);
  }

  list(key: string): readonly Fields[] {
    return this.#array(key).map((value, index) => new Fields(this.#file, `${this.#at(key)}[${index}]`, value));
  }

  has(key: string): boolean {
    return this.#value[key] !== undefined && this.#value[key] !== null;
  }

  keys(): readonly string[] {
    return Object.keys(this.#value);
  }

  raw(key: string): unknown {
    return this.#value[key];
  }

  #array(key: string): readonly unknown[] {
    const value = this.#value[key] ?? [];
    if (!Array.isArray(value)) this.#wrong(this.#at(key), 'a list');
    return value as readonly unknown[];
  }

  #at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  #wrong(path: string, expected: string): never {
    throw new UserError('bad-kubeconfig', `${this.#file}: ${path === '' ? 'the file' : path} is not ${expected}`, {
      hint: 'Mend the file, or name another with --kubeconfig.',
    });
  }
}
