import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { BuildFailed, CannotBuild, goProgram } from './go-program.ts';

/** A service as Compose renders it. */
export interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly extra_hosts?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly entrypoint?: readonly string[] | null;
  readonly command?: readonly string[] | null;
  readonly ports?: readonly { readonly host_ip: string; readonly published: string }[];
  readonly volumes: readonly {
    readonly type: string;
    readonly source: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: unknown;
}

export const composeFiles = ['docker-compose.yml', 'docker-compose.bridge.yml'];

/** Runs Compose with nothing of this process's environment. @returns what it prints. @throws where it says anything on stderr. */
export type Compose = (words: readonly string[], env?: Readonly<Record<string, string>>) => Promise<string>;

/** The real Compose, for a folder to work in; undefined, with a line on stderr, where it cannot be built. */
export async function realCompose(): Promise<((folder: string) => Compose) | undefined> {
  const modules = path.resolve(import.meta.dirname, '../../tools/compose');
  const program = await goProgram(
    { name: 'compose', folder: modules, package: 'github.com/docker/compose/v2/cmd' },
    (line) => console.error(line),
  ).catch((error: unknown) => {
    if (!(error instanceof CannotBuild) || error instanceof BuildFailed) throw error;
    console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
    return undefined;
  });
  if (program === undefined) return undefined;
  return (folder) =>
    async (words, env = {}) => {
      const options = { cwd: folder, env: { PATH: '/usr/bin:/bin', HOME: '/home/jane', ...env } };
      const { stdout, stderr } = await promisify(execFile)(program, words, options);
      // A variable that nothing sets, or a word that Compose no longer knows.
      if (stderr !== '') throw new Error(`Compose warns: ${stderr}`);
      return stdout;
    };
}

/** All services, those of every profile included. @param words what stands before `config`: files, an environment file. */
export async function servicesOf(
  compose: Compose,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, Service>>> {
  const text = await compose([...words, '--profile', '*', 'config', '--format', 'json'], env);
  return (JSON.parse(text) as { services: Readonly<Record<string, Service>> }).services;
}
