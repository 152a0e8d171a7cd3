import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startCluster } from './support/cluster.ts';
import { controlPlaneExecutable } from './support/executable.ts';
import { settledShop } from './support/prepared.ts';
import { until } from './support/wait.ts';

const run = promisify(execFile);

describe('the harness', () => {
  it('runs two clusters side by side and ends both', async () => {
    const data = await settledShop();
    const [one, other] = await Promise.all([startCluster({ data }), startCluster({ data })]);
    try {
      await one.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'only-here' } });
      const names = (await other.api.list('/api/v1/namespaces')).map(({ metadata }) => metadata.name);
      expect(names).toContain('shop');
      expect(names).not.toContain('only-here');
      const kubectl = [
        'kubectl',
        '--kubeconfig',
        one.kubeconfig('admin'),
        'get',
        'deployments',
        '-n',
        'shop',
        '-o',
        'name',
      ];
      const { stdout } = await run(await controlPlaneExecutable(), kubectl);
      expect(stdout).toContain('deployment.apps/web');
      expect(processesIn(one.folder).length).toBe(5);
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
    expect(processesIn(one.folder)).toEqual([]);
    expect(existsSync(one.folder)).toBe(false);
    expect(existsSync(other.folder)).toBe(false);
  });

  it('leaves nothing running where it is killed', async () => {
    await controlPlaneExecutable();
    const module = path.join(import.meta.dirname, 'support', 'cluster.ts');
    const script = `const { startCluster } = await import(${JSON.stringify(module)});
      console.log((await startCluster({ controllers: false })).folder);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let folder = '';
    child.stdout.on('data', (chunk) => {
      folder += String(chunk);
    });
    await until('the cluster', async () => (folder.endsWith('\n') ? true : undefined));
    expect(processesIn(folder.trim()).length).toBe(2);
    child.kill('SIGKILL');
    await until(
      'the end of its processes',
      async () => (processesIn(folder.trim()).length === 0 ? true : undefined),
      10,
    );
    // The next cluster removes what is left of it.
    await (await startCluster({ controllers: false })).stop();
    expect(existsSync(folder.trim())).toBe(false);
  });
});

/** Processes that run in a folder. */
function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readlinkSync(`/proc/${name}/cwd`) === folder &&
        readFileSync(`/proc/${name}/cmdline`).length > 0
      );
    } catch {
      return false;
    }
  });
}
