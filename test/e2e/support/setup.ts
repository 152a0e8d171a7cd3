import { existsSync } from 'node:fs';
import path from 'node:path';
import { controlPlaneExecutable } from './executable.ts';
import { settledShop } from './prepared.ts';

/** Builds what all tests need before the first one begins, so that no test's time is spent on it. */
export default async function setup(): Promise<void> {
  if (!existsSync(path.resolve(import.meta.dirname, '../../../dist/cli.js'))) {
    throw new Error('dist/ is not built: run make build first');
  }
  await controlPlaneExecutable((line) => console.error(line));
  await settledShop();
}
