/**
 * Plays stories on a real control plane and records each as `mekhanikube snapshot` sees it, into test/clusters: all, or those that are
 * named. Two clusters run at a time. One of them is what `make demo` shows.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { record } from '../test/e2e/support/record.ts';
import { controlPlaneExecutable } from '../test/e2e/support/executable.ts';
import { CannotBuild } from '../test/e2e/support/go-program.ts';
import { settledShop } from '../test/e2e/support/prepared.ts';
import { storyFile, storyNames } from '../test/e2e/support/story.ts';

const clusters = path.resolve(import.meta.dirname, '../test/clusters');
const demo = { story: 'secret-name-typo', file: path.resolve(import.meta.dirname, '../demo/shop.snapshot.gz') };
const wanted = process.argv.slice(2);
const names = wanted.length === 0 ? storyNames() : wanted;

const unknown = names.filter((name) => !storyNames().includes(name));
if (unknown.length > 0) {
  console.error(`There is no story ${unknown.join(', ')} in test/e2e/stories`);
  process.exit(2);
}
try {
  await controlPlaneExecutable((line) => console.error(line));
  await settledShop();
  const queue = [...names];
  const next = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const folder = path.join(clusters, name);
      mkdirSync(folder, { recursive: true });
      const began = Date.now();
      try {
        const file = path.join(folder, 'cluster.snapshot.gz');
        await record(name, file);
        if (name === demo.story) copyFileSync(file, demo.file);
        copyFileSync(storyFile(name), path.join(folder, 'story.yaml'));
        console.log(`${name}: ${((Date.now() - began) / 1_000).toFixed(1)} s`);
      } catch (error) {
        console.error(`${name}:`, error);
        process.exitCode = 1;
      }
    }
  };
  await Promise.all([next(), next()]);
} catch (error) {
  if (!(error instanceof CannotBuild)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
