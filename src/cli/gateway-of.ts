import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config/load.ts';
import { readProblem, UserError } from '../errors.ts';
import { type Gateway, parseAddress } from '../push/gateway.ts';
import { metricLabels } from '../render/prometheus/prometheus.ts';

/** A push gateway before it is known what is pushed. */
export type GatewaySettings = Omit<Gateway, 'group'> & {
  readonly job: string;
  /** Labels of the group beside job, cluster and scope. */
  readonly labels: Readonly<Record<string, string>>;
};

/** Reads what the configuration says of the push gateway, and the files that it names. @throws UserError, without any secret. */
export async function gatewayOf(config: Config): Promise<GatewaySettings> {
  if (config.pushGateway === undefined)
    throw new UserError('no-gateway', 'no push gateway is named', { hint: 'Name it with --gateway http://host:9091.' });
  const { url, username, password } = parseAddress(config.pushGateway);
  return {
    url,
    job: config.pushJob,
    labels: labelsOf(config.pushGroup),
    method: config.pushMethod === 'post' ? 'POST' : 'PUT',
    authorization: sendable(await authorizationOf(config, { username, password })),
    ca: config.pushCaFile === undefined ? undefined : await certificatesIn(config.pushCaFile),
    timeoutMs: config.pushTimeout,
    retries: config.pushRetries,
  };
}

async function authorizationOf(
  config: Config,
  ofUrl: { readonly username: string; readonly password: string },
): Promise<string | undefined> {
  const { pushUsername, pushPassword, pushPasswordFile, pushToken, pushTokenFile } = config;
  const token = pushTokenFile === undefined ? pushToken : await secretIn(pushTokenFile, '--push-token-file');
  const username = pushUsername ?? (ofUrl.username === '' ? undefined : ofUrl.username);
  const filed =
    pushPasswordFile === undefined ? pushPassword : await secretIn(pushPasswordFile, '--push-password-file');
  const password = filed ?? (pushUsername === undefined ? ofUrl.password : '');
  if (token !== undefined && username !== undefined)
    throw new UserError('conflict', 'the push gateway can be shown a token or a name and a password, not both');
  if (token !== undefined) return `Bearer ${token}`;
  if (username !== undefined) return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  if (filed === undefined) return undefined;
  throw new UserError('bad-credentials', 'there is a password for the push gateway, and no name', {
    hint: 'Give it with --push-username.',
  });
}

function sendable(authorization: string | undefined): string | undefined {
  if (authorization === undefined || /^[\u0020-\u007E]+$/.test(authorization)) return authorization;
  throw new UserError('bad-credentials', 'the token for the push gateway holds characters that cannot be sent', {
    hint: 'It is one line of letters, digits and signs.',
  });
}

async function secretIn(file: string, flag: string): Promise<string> {
  const secret = (await textOf(file, flag)).trim();
  if (secret !== '') return secret;
  throw new UserError('bad-credentials', `${flag} ${file} is empty`);
}

async function certificatesIn(file: string): Promise<string> {
  const pem = await textOf(file, '--push-ca-file');
  try {
    createSecureContext({ ca: pem });
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch (error) {
    throw new UserError('bad-certificate', `--push-ca-file ${file} is broken`, { cause: error });
  }
  throw new UserError('bad-certificate', `--push-ca-file ${file} holds no certificate in PEM`);
}

async function textOf(file: string, flag: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError('cannot-read', `${flag} ${file} cannot be read: ${readProblem(error)}`, { cause: error });
  }
}

/** Labels as `--push-group` writes them: `team=web`. @throws UserError for names that Prometheus or our metrics have taken. */
function labelsOf(groups: readonly string[]): Readonly<Record<string, string>> {
  const pairs = groups.map((text): readonly [string, string] => {
    const [, name = '', value = ''] = /^\s*([^=]*?)\s*=(.*)$/s.exec(text) ?? [];
    if (!/^[a-zA-Z_]\w*$/.test(name) || name.startsWith('__'))
      throw new UserError(
        'bad-group',
        `--push-group ${text}: write LABEL=VALUE, with a label of letters, digits and _`,
      );
    if (name === 'job') throw new UserError('bad-group', '--push-group job: name the job with --push-job');
    if (!metricLabels.has(name)) return [name, value];
    throw new UserError('bad-group', `--push-group ${name}: the metrics have labels of that name themselves`);
  });
  return Object.fromEntries(pairs);
}
