import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { intake } from '../../../src/cluster/redact/intake.ts';
import { type Resource, resources } from '../../../src/model/resources.ts';
import { deployment, event, object, type Patch, pod, template } from '../../support/objects.ts';
import { selfSigned } from './certificate.ts';

/** What people take for passwords: letters, digits and the signs that do not end a word. */
const planted = fc
  .string({
    unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789+/_.%!^*~$'.split('')),
    minLength: 8,
    maxLength: 40,
  })
  .map((text) => `S${text}9x`);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const kubeconfig = (secret: string) =>
  `apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    token: ${secret}\n    password: "${secret}"\n    secret: |\n      ${secret}\n      ${secret}\n    client-key-data: ${base64(secret)}\n`;

const meta = { name: 'x', namespace: 'shop' };
const inContainer = (patch: Patch) => pod('shop/x', { spec: { containers: [{ name: 'app', image: 'x', ...patch }] } });
const inTemplate = (patch: Patch) =>
  deployment('shop/x', {
    spec: { template: { ...template('x'), spec: { containers: [{ name: 'app', image: 'x', ...patch }] } } },
  });
const command = (...args: readonly string[]) => ({
  lifecycle: { preStop: { exec: { command: args } }, postStart: { exec: { command: args } } },
});
const { certificate, key } = selfSigned();

/** Each way in which a secret gets into an object. */
const ways: Readonly<Record<string, (secret: string) => readonly [Resource, object]>> = {
  'env, by its name': (s) => ['pods', inContainer({ env: [{ name: 'DB_PASSWORD', value: s }] })],
  'env, of any name': (s) => ['pods', inContainer({ env: [{ name: 'GREETING', value: s }] })],
  'env, in a URL': (s) => [
    'pods',
    inContainer({ env: [{ name: 'DATABASE_URL', value: `postgres://me:${s}@db:5432/x` }] }),
  ],
  'env, in a query': (s) => ['pods', inContainer({ env: [{ name: 'URL', value: `http://db:80/?key=${s}` }] })],
  'env, in a path': (s) => ['pods', inContainer({ env: [{ name: 'HOOK', value: `http://hooks/${s}` }] })],
  'env of a template': (s) => ['deployments.apps', inTemplate({ env: [{ name: 'A', value: s }] })],
  'env, a known name': (s) => ['pods', inContainer({ env: [{ name: 'OLLAMA_API_KEY', value: s }] })],
  'env, a kubeconfig': (s) => ['pods', inContainer({ env: [{ name: 'KUBECONFIG_TEXT', value: kubeconfig(s) }] })],
  'env of an init container': (s) => [
    'pods',
    pod('shop/x', { spec: { initContainers: [{ name: 'i', env: [{ name: 'A', value: s }] }] } }),
  ],
  'argument with =': (s) => ['pods', inContainer({ args: [`--password=${s}`] })],
  'argument after a flag': (s) => ['pods', inContainer({ args: ['--api-token', s] })],
  'argument of mysql': (s) => ['pods', inContainer({ command: ['mysql', `-p${s}`] })],
  'argument with a user': (s) => ['pods', inContainer({ args: [`--url=amqp://me:${s}@rabbit`] })],
  'script with a variable': (s) => [
    'deployments.apps',
    inTemplate({ command: ['sh', '-c', `export API_KEY='${s}'; run`] }),
  ],
  'script with a kubeconfig': (s) => [
    'pods',
    inContainer({ command: ['sh', '-c', `cat > x <<E\n${kubeconfig(s)}E\n`] }),
  ],
  'hook with a flag': (s) => ['pods', inContainer(command('deregister', '--secret', s))],
  'hook with a header': (s) => [
    'pods',
    inContainer(command('sh', '-c', `curl -H "Authorization: Bearer ${s}" http://x`)),
  ],
  'hook with a user': (s) => ['pods', inContainer(command('curl', '-u', `me:${s}`, 'http://x'))],
  'probe with a header': (s) => [
    'pods',
    inContainer({ livenessProbe: { httpGet: { port: 1, httpHeaders: [{ name: 'Authorization', value: s }] } } }),
  ],
  'probe with a flag': (s) => [
    'pods',
    inContainer({ readinessProbe: { exec: { command: ['redis-cli', '-a', s, 'ping'] } } }),
  ],
  'last-applied': (s) => [
    'services',
    object('services', 'shop/x', {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ a: s }) } },
      spec: {},
    }),
  ],
  'last-applied of a Secret': (s) => [
    'secrets',
    {
      metadata: {
        ...meta,
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { a: base64(s) } }) },
      },
      type: 'Opaque',
    },
  ],
  'last-applied of a template': (s) => [
    'deployments.apps',
    deployment('shop/x', {
      spec: {
        template: {
          metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': s } },
          spec: { containers: [] },
        },
      },
    }),
  ],
  'a copy in another annotation': (s) => [
    'configmaps',
    { metadata: { ...meta, annotations: { copy: JSON.stringify({ apiVersion: 'v1', data: { a: s } }) } } },
  ],
  'managed fields': (s) => [
    'services',
    object('services', 'shop/x', { metadata: { managedFields: [{ manager: s }] }, spec: {} }),
  ],
  'Secret data': (s) => [
    'secrets',
    {
      metadata: meta,
      type: 'Opaque',
      data: { a: base64(s), 'ca.crt': base64(s), 'tls.crt': base64(`${s}\n${certificate}\n${s}`) },
    },
  ],
  'Secret stringData': (s) => [
    'secrets',
    { metadata: meta, type: 'Opaque', stringData: { a: s, 'x.pem': certificate + key + s } },
  ],
  'Secret of a registry': (s) => [
    'secrets',
    {
      metadata: meta,
      type: 'kubernetes.io/dockerconfigjson',
      data: {
        '.dockerconfigjson': base64(
          JSON.stringify({ auths: { 'https://x.io': { password: s, auth: base64(`me:${s}`) } } }),
        ),
      },
    },
  ],
  'ConfigMap data': (s) => [
    'configmaps',
    {
      metadata: meta,
      data: { a: s, kubeconfig: kubeconfig(s), 'ca.crt': s + certificate },
      binaryData: { b: base64(s) },
    },
  ],
  'event message': (s) => ['events', event(pod('shop/x'), 'Failed', `pull https://me:${s}@x.io/app: token=${s}`)],
  'termination message': (s) => [
    'pods',
    pod('shop/x', {
      status: { containerStatuses: [{ name: 'app', lastState: { terminated: { message: `Authorization: ${s}` } } }] },
    }),
  ],
  'class parameters': (s) => [
    'storageclasses.storage.k8s.io',
    { metadata: { name: 'x' }, parameters: { adminPassword: s } },
  ],
  'mount options': (s) => [
    'persistentvolumes',
    { metadata: { name: 'x' }, spec: { mountOptions: [`password=${s}`], csi: { volumeAttributes: { token: s } } } },
  ],
  'webhook address': (s) => [
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    {
      metadata: { name: 'x' },
      webhooks: [{ name: 'a', clientConfig: { url: `https://me:${encodeURIComponent(s)}@x/` } }],
    },
  ],
};

test.each(Object.keys(ways))('nothing planted comes through: %s', (way) => {
  fc.assert(
    fc.property(planted, (secret) => {
      const [resource, raw] = ways[way]!(secret);
      const result = intake(resource, raw);
      if ('problem' in result) throw new Error(result.problem);
      const text = JSON.stringify(result.object);
      for (const form of [secret, base64(secret), encodeURIComponent(secret)]) expect(text).not.toContain(form);
    }),
    { numRuns: 60 },
  );
});

test('what has passed passes again unchanged', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(ways)), planted, (way, secret) => {
      const [resource, raw] = ways[way]!(secret);
      const once = intake(resource, raw);
      if ('problem' in once) throw new Error(once.problem);
      expect(intake(resource, JSON.parse(JSON.stringify(once.object)))).toEqual(once);
    }),
  );
});

test('scripts and messages of any text pass again unchanged', () => {
  const word = fc.constantFrom(
    '--password',
    'token',
    '=',
    ': ',
    ' ',
    '"',
    "'",
    'x',
    '***',
    '://',
    '@',
    ':',
    'Bearer ',
    '\n',
    'curl ',
    '-u',
    ' -p',
    'Authorization: ',
    '{',
    '}',
    ',',
    'PRIVATE KEY-----',
    '-----BEGIN ',
    '…',
    '\\',
  );
  const text = fc.array(word, { maxLength: 14 }).map((words) => words.join(''));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), text, text, (args, message, annotation) => {
      const raw = inContainer({ args, command: ['curl'] });
      const odd = { ...raw, status: { message }, metadata: { ...raw.metadata, annotations: { a: annotation } } };
      const once = intake('pods', odd);
      if ('problem' in once) throw new Error(once.problem);
      expect(intake('pods', JSON.parse(JSON.stringify(once.object)))).toEqual(once);
    }),
    { numRuns: 3_000 },
  );
});

test('any JSON is taken or refused, never thrown at', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(resources) as Resource[])),
      fc.json(),
      fc.json(),
      (resource, spec, metadata) => {
        const raw = {
          metadata: {
            labels: JSON.parse(metadata),
            ...meta,
            annotations: JSON.parse(spec),
            ownerReferences: JSON.parse(metadata),
          },
          spec: JSON.parse(spec),
          data: JSON.parse(spec),
          keys: JSON.parse(metadata),
        };
        const result = intake(resource, raw);
        expect(intake(resource, 'object' in result ? result.object : raw)).toEqual(result);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('hostile texts cost no more than their length', () => {
  const texts = [
    'a'.repeat(200_000),
    '://'.repeat(60_000),
    'token='.repeat(30_000),
    ' -p'.repeat(60_000),
    `x://${'@'.repeat(100_000)}`,
    '"a" : '.repeat(30_000),
    'Bearer '.repeat(30_000),
    '-----BEGIN PRIVATE KEY-----'.repeat(8_000),
    `-----BEGIN CERTIFICATE-----${'A'.repeat(200_000)}`,
  ];
  const start = performance.now();
  for (const text of texts) {
    intake('pods', inContainer({ args: ['mysql', text], env: [{ name: 'X_URL', value: text }] }));
    intake('events', event(pod('shop/x'), 'x', text, { metadata: { annotations: { a: text } } }));
    intake('configmaps', { metadata: meta, data: { a: text, 'ca.crt': text } });
  }
  expect(performance.now() - start).toBeLessThan(5_000);
});
