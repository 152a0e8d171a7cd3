import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { Config } from '../config/load.ts';
import { flagName } from '../config/sources.ts';

const live = [
  'kubeconfig',
  'context',
  'allContexts',
  'cluster',
  'user',
  'as',
  'asGroup',
  'requestTimeout',
  'insecureSkipTlsVerify',
  'secrets',
];
const recorded = ['at', 'complete', 'partial'];
const pushing = [
  'pushJob',
  'pushMethod',
  'pushGroup',
  'pushUsername',
  'pushPasswordFile',
  'pushTokenFile',
  'pushCaFile',
  'pushTimeout',
  'pushRetries',
];
const explaining = ['model', 'ollamaHost', 'language', 'explainTimeout', 'cache', 'allowRemoteModel'];

/** Refuses flags of the cluster where a report is read: a token would be taken for that of the push gateway. */
export function refuseClusterFlags(flags: Readonly<Record<string, unknown>>): void {
  const idle = [...live, 'token'].find((name) => name in flags);
  if (idle === undefined) return;
  throw new UserError('conflict', `${flagName(idle)} is for a live cluster, and push reads a report`, {
    hint: 'Credentials of the gateway: --username with --password-file, or --token-file.',
  });
}

/**
 * Refuses flags that would have no effect beside others, so that nobody believes they had.
 * @param flags those given on the command line: what a file or the environment say for every run may well not apply to this one.
 */
export function checkConflicts(flags: Readonly<Record<string, unknown>>, config: Config): void {
  const fromRecording = config.from.length > 0;
  const idle = (fromRecording ? live : recorded).find((name) => name in flags);
  if (idle !== undefined) {
    const flag = flagName(idle);
    throw new UserError(
      'conflict',
      fromRecording
        ? `${flag} is for a live cluster, and --from reads a recording`
        : `${flag} is for recordings: name one with --from`,
    );
  }
  const unused = config.explain || config.showPrompt ? undefined : explaining.find((name) => name in flags);
  if (unused !== undefined) throw new UserError('conflict', `${flagName(unused)} is for explanations: add --explain`);
  const idlePush = config.pushGateway === undefined ? pushing.find((name) => name in flags) : undefined;
  if (idlePush !== undefined)
    throw new UserError('conflict', `${flagName(idlePush)} is for a push gateway: name one with --push-gateway`);
  if (config.showPrompt && 'pushGateway' in flags)
    throw new UserError('conflict', '--show-prompt makes no report that could go to --push-gateway');
  const isFleet = config.allContexts || new Set(config.context).size > 1;
  const forOne = isFleet
    ? (['baseline', 'showPrompt', 'cluster', 'user'] as const).find((name) => name in flags)
    : undefined;
  if (forOne !== undefined)
    throw new UserError('conflict', `${flagName(forOne)} is for one cluster, and several were asked for`);
  if (config.allContexts && 'context' in flags && 'allContexts' in flags)
    throw new UserError('conflict', '--context and --all-contexts exclude each other');
  if (config.partial && config.complete.length > 0)
    throw new UserError('conflict', '--partial and --complete contradict each other');
  if (config.output.filter(({ file }) => file === undefined).length > 1)
    throw new UserError('conflict', 'only one output can go to stdout', {
      hint: 'Give the others a file: -o json=report.json',
    });
  const files = config.output.flatMap(({ file }) => (file === undefined ? [] : [resolve(file)]));
  const twice = files.find((file, index) => files.indexOf(file) < index && !file.startsWith('/dev/'));
  if (twice !== undefined)
    throw new UserError('conflict', `two outputs go to ${twice}: the second would replace the first`);
}
