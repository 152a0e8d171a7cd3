#!/usr/bin/env node
/* Read by every Node, however old: no syntax or import that a Node before 22 lacks may stand here. */
import fs from 'node:fs';
import module from 'node:module';

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
  if (module.enableCompileCache) module.enableCompileCache();
  void import('../dist/cli.js');
}
