import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import type { Json } from './api.ts';
import { BuildFailed, CannotBuild, goProgram } from './go-program.ts';

/** The chart of this tree. */
export const chart = path.resolve(import.meta.dirname, '../../../deploy/helm/mekhanikube');

/** The version of Kubernetes that templates are made for, which Helm's own builds are told in the same way. */
const ldflags = ['chartutil', 'lint/rules'].flatMap((name) => [
  `-X helm.sh/helm/v3/pkg/${name}.k8sVersionMajor=1`,
  `-X helm.sh/helm/v3/pkg/${name}.k8sVersionMinor=36`,
]);

/** Runs Helm with nothing of this process's environment and no repositories. @returns what it prints. @throws where it fails, or warns. */
export type Helm = (words: readonly string[]) => Promise<string>;

/** The real Helm. @throws CannotBuild, BuildFailed */
async function helmProgram(say: (line: string) => void): Promise<Helm> {
  const folder = path.resolve(import.meta.dirname, '../../tools/helm');
  const program = await goProgram({ name: 'helm', folder, package: 'helm.sh/helm/v3/cmd/helm', ldflags }, say);
  const home = mkdtempSync(path.join(tmpdir(), 'helm-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  return async (words) => {
    const options = { env: { PATH: '/usr/bin:/bin', HOME: home }, maxBuffer: 64 << 20 };
    const { stdout, stderr } = await promisify(execFile)(program, words, options);
    if (/warning|coalesce/i.test(stderr)) throw new Error(`Helm warns: ${stderr}`);
    return stdout;
  };
}

/** The real Helm; undefined, with a line on stderr, where it cannot be built. */
export async function realHelm(): Promise<Helm | undefined> {
  return helmProgram((line) => console.error(line)).catch((error: unknown) => {
    if (!(error instanceof CannotBuild) || error instanceof BuildFailed) throw error;
    console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
    return undefined;
  });
}

/** Values of a release: a tree as in values.yaml. */
export type Values = Readonly<Record<string, unknown>>;

/** Helm's flag for values that no file holds. */
export function valuesFlag(values: Values): string {
  return `--set-json=${Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}`;
}

/** The objects that the chart makes of values, in the namespace `mekhanikube`. */
export async function rendered(helm: Helm, values: Values): Promise<readonly Json[]> {
  const words = ['template', 'mekhanikube', chart, '--namespace', 'mekhanikube', valuesFlag(values)];
  return loadAll(await helm(words)).filter((one) => one !== null);
}
