import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { optionNames } from '../../src/config/schema.ts';
import { variableName } from '../../src/config/sources.ts';
import { UserError } from '../../src/errors.ts';
import { documented } from '../support/env-example.ts';

function read(environment: Record<string, string>): Promise<Config> {
  return loadConfig({ flags: {}, environment: { XDG_CONFIG_HOME: '/nowhere', ...environment }, analyzers });
}

// Only the configuration file may name code to run, and test/config/external.test.ts sees to it.
test.each(optionNames.filter((name) => name !== 'externalAnalyzers'))(
  'every option has a variable: %s',
  async (name) => {
    const variable = variableName(name);
    // Either any word will do, or the refusal names the variable.
    const outcome = await read({ [variable]: 'Klingon' }).catch((error: unknown) => error);
    const said =
      outcome instanceof UserError
        ? outcome.message
        : `${variable}: ${JSON.stringify(Reflect.get(outcome as object, name))}`;
    expect(said).toMatch(new RegExp(`^${variable}: .*(Klingon|must|not)`));
  },
);

const ours = Object.entries(documented).filter(([name]) => name.startsWith('MEKHANIKUBE_'));
test.each(ours)('.env.example: %s=%s is read', async (name, value) => {
  expect(await read({ [name]: value })).not.toEqual(await read({}));
});
test('.env.example shows the most common ones', () => expect(ours.length).toBeGreaterThan(8));

test('all that docker-compose.yml hands on from the shell is in .env.example', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docker-compose.yml'), 'utf8');
  const handed = [...text.matchAll(/^ +([A-Z_]+):$/gm), ...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name!);
  expect(new Set(handed)).toEqual(new Set([...handed.filter((name) => name in documented), 'HOME']));
});
