import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The variables that .env.example documents, with the values that it shows. */
export const documented: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name, value] = /^#([A-Z_]+)=(.+)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
);
