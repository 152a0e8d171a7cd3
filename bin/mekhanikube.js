#!/usr/bin/env node
/* Read by every Node, however old: no syntax or import that a Node before 22 lacks may stand here. */
import fs from 'node:fs';
import module from 'node:module';
import v8 from 'node:v8';

const manifest = JSON.parse(fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const wanted = manifest.engines.node
  .replace(/[^0-9.]/g, '')
  .split('.')
  .map(Number);
const running = process.versions.node.split('.').map(Number);
const tooOld = running[0] < wanted[0] || (running[0] === wanted[0] && running[1] < (wanted[1] || 0));

if (process.argv.length === 3 && /^(--version|-V)$/.test(process.argv[2])) {
  process.stdout.write(manifest.version + '\n');
} else if (tooOld) {
  process.stderr.write(
    'mekhanikube needs Node ' +
      wanted.join('.') +
      ' or newer; this is ' +
      process.version +
      ' (' +
      process.execPath +
      ')\n',
  );
  process.exitCode = 2;
} else {
  // A growing young generation costs 100 MB on large clusters and gains no time.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  if (module.enableCompileCache) module.enableCompileCache();
  void import('../dist/cli.js');
}
