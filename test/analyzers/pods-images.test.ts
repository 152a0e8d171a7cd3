import { describe, expect, test } from 'vitest';
import pods from '../../analyzers/pods/index.ts';
import { classifyPull, registryOf } from '../../analyzers/pods/image-text.ts';
import { ago, event, node, object, type Patch, pod } from '../support/objects.ts';
import { drafts, found, links, snapshotOf } from '../support/snapshot.ts';
import { secret, waiting } from './pods-support.ts';

const image = 'ghcr.io/acme/web:1.2.3';
const withImage = (name: string, more: Patch = {}): Patch => ({
  spec: { containers: [{ name: 'app', image: name }], ...more },
});
const pull = (text: string) => `Back-off pulling image "${image}": ErrImagePull: ${text}`;
const failing = (text: string, more: Patch = {}) => waiting('ImagePullBackOff', pull(text), {}, withImage(image, more));

describe('texts of runtimes and registries', () => {
  test.each([
    [
      'failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token: 401 Unauthorized',
      'PodImagePullDenied',
    ],
    [
      'unexpected status from HEAD request to https://ghcr.io/v2/acme/web/manifests/1.2.3: 403 Forbidden',
      'PodImagePullDenied',
    ],
    [
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      'PodImagePullDenied',
    ],
    ['Head "https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/web": no basic auth credentials', 'PodImagePullDenied'],
    [
      'rpc error: code = NotFound desc = failed to resolve reference "ghcr.io/acme/web:1.2.3": ghcr.io/acme/web:1.2.3: not found',
      'PodImageNotFound',
    ],
    ['reading manifest 1.2.3 in ghcr.io/acme/web: manifest unknown', 'PodImageNotFound'],
    [
      '429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit',
      'PodImageRateLimited',
    ],
    ['pull QPS exceeded', 'PodImageRateLimited'],
    [
      'not implemented: media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1',
      'PodImagePullFailed',
    ],
    ['Source image rejected: A signature was required, but no signature exists', 'PodImagePullFailed'],
    [
      'tls: x509: certificate has expired or is not yet valid: current time is after 2026-05-01',
      'PodRegistryUnreachable',
    ],
    ['tls: x509: certificate is valid for a.example, not ghcr.io', 'PodRegistryUnreachable'],
    ['dial tcp: lookup ghcr.io on 10.96.0.10:53: no such host', 'PodRegistryUnreachable'],
    [
      'failed to fetch anonymous token: Get "https://ghcr.io/token": net/http: TLS handshake timeout',
      'PodRegistryUnreachable',
    ],
    ['dial tcp 10.0.0.9:5000: connect: connection refused', 'PodRegistryUnreachable'],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'PodRegistryUnreachable'],
    ['http: server gave HTTP response to HTTPS client', 'PodRegistryUnreachable'],
    ['unexpected status from HEAD request: 503 Service Unavailable', 'PodRegistryUnreachable'],
    ['no match for platform in manifest: not found', 'PodImagePlatform'],
    [
      'short-name "web" did not resolve to an alias and no unqualified-search registries are defined',
      'PodImageNameInvalid',
    ],
    ['write /var/lib/containerd/x: no space left on device', 'PodImageNoSpace'],
  ])('%s', (text, code) => {
    expect(found(pods, [failing(text)])).toEqual([`critical ${code} Pod shop/web-1 [app]`]);
  });

  test.each([
    ['something that nobody has seen before', undefined],
    ['failed to pull ghcr.io/acme/forbidden:403', undefined],
    ['Head "https://ghcr.io/v2/acme/forbidden/manifests/403": something odd', undefined],
  ])('%s says nothing', (text, code) => {
    expect(classifyPull('ErrImagePull', text, 'ghcr.io/acme/forbidden:403')?.code).toBe(code);
  });
});

const hub = (name: string) =>
  `Error response from daemon: pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;
test.each([
  ['web:local', hub('web'), 'PodImageNotFound'],
  ['docker.io/library/web', hub('web'), 'PodImageNotFound'],
  ['acme/web:1', hub('acme/web'), 'PodImagePullDenied'],
  ['ghcr.io/web:1', hub('ghcr.io/web'), 'PodImagePullDenied'],
  ['docker.io/acme/web', hub('acme/web'), 'PodImagePullDenied'],
  ['web:1', 'unexpected status from HEAD request: 401 Unauthorized', 'PodImagePullDenied'],
  ['web:1', 'Head: toomanyrequests: rate limit', 'PodImageRateLimited'],
])('Docker Hub refuses no official image: %s, %s', (name, text, code) => {
  expect(classifyPull('ErrImagePull', text, name)?.code).toBe(code);
});

test.each([
  ['InvalidImageName', 'Failed to apply default image tag "Web:1": couldn\'t parse image name', 'PodImageNameInvalid'],
  ['ErrImageNeverPull', 'Container image "x" is not present with pull policy of Never', 'PodImageNeverPull'],
  ['SignatureValidationFailed', 'image signature is odd', 'PodImagePullFailed'],
  ['ErrImagePull', undefined, 'PodImagePullFailed'],
])('reason %s', (reason, message, code) => {
  expect(found(pods, [waiting(reason, message)])).toEqual([`critical ${code} Pod shop/web-1 [app]`]);
});

test('an old kubelet says why in an event, about this container only', () => {
  const one = waiting('ImagePullBackOff', `Back-off pulling image "${image}"`, {}, withImage(image));
  const told = event(one, 'Failed', `Failed to pull image "${image}": manifest unknown`, {
    involvedObject: { fieldPath: 'spec.containers{app}' },
  });
  const other = event(one, 'Failed', 'Failed to pull image "other": 401 Unauthorized', {
    involvedObject: { fieldPath: 'spec.containers{other}' },
    lastTimestamp: ago('10s'),
  });
  expect(found(pods, [one, told, other])).toEqual(['critical PodImageNotFound Pod shop/web-1 [app]']);
  expect(found(pods, [one])).toEqual(['critical PodImagePullFailed Pod shop/web-1 [app]']);
});

test.each([
  ['web', 'docker.io'],
  ['library/web:1', 'docker.io'],
  ['ghcr.io/acme/web', 'ghcr.io'],
  ['registry:5000/web', 'registry:5000'],
  ['localhost/web', 'localhost'],
])('registry of %s', (name, registry) => {
  expect(registryOf(name)).toBe(registry);
});

describe('pull secrets', () => {
  const denied = (more: Patch = {}) => failing('401 Unauthorized', more);
  const named = denied({ imagePullSecrets: [{ name: 'regcred' }] });
  const docker = (registries?: string[]) =>
    secret('regcred', { type: 'kubernetes.io/dockerconfigjson', keys: ['.dockerconfigjson'], registries });
  const account = object('serviceaccounts', 'default', { imagePullSecrets: [{ name: 'late' }] });

  test.each([
    ['none', denied(), [], 'the pod names no pull Secret'],
    ['missing', named, [], 'pull Secret regcred does not exist'],
    ['of another type', named, [secret('regcred')], 'pull Secret regcred has type Opaque'],
    ['for another host', named, [docker(['quay.io'])], 'pull Secret regcred holds credentials for quay.io only'],
    ['of the account, too late', denied(), [account], 'ServiceAccount default names pull Secret late now'],
  ])('%s', (_, one, others, words) => {
    expect(drafts(pods, snapshotOf([one, ...others])).map(({ message }) => message)).toEqual([
      expect.stringContaining(words),
    ]);
  });

  test.each([
    ['for the host', [docker(['ghcr.io'])], {}],
    ['for a pattern', [docker(['*.io'])], {}],
    ['with registries that cannot be told', [docker()], {}],
    ['that cannot be seen', [], { missing: { secrets: 'forbidden' } }],
  ])('%s are not blamed', (_, others, options) => {
    const [only] = drafts(pods, snapshotOf([named, ...others], options));
    expect(only?.message).toBe(`registry ghcr.io refuses image ${image} of container app (access denied)`);
  });

  test('link to the Secrets', () => {
    expect(links(pods, [named])).toEqual([
      'PodImagePullDenied -> pull Secret shop/regcred (spec.imagePullSecrets[0].name)',
    ]);
    expect(links(pods, [denied(), account])).toEqual([
      'PodImagePullDenied -> pull Secret shop/late (imagePullSecrets[0].name)',
    ]);
  });
});

test('message and values name the registry and the image', () => {
  const [only] = drafts(pods, snapshotOf([failing('dial tcp: i/o timeout')]));
  expect(only?.message).toBe(
    `registry ghcr.io cannot be used to pull image ${image} of container app: no answer in time`,
  );
  expect(only?.values).toMatchObject({ image, registry: 'ghcr.io', container: 'app', node: 'n1' });
});

test('only a full disk is the fault of the node', () => {
  expect(links(pods, [failing('no space left on device'), node('n1')])).toEqual([
    'PodImageNoSpace -> run Node n1 (spec.nodeName)',
  ]);
  expect(links(pods, [failing('manifest unknown'), node('n1')])).toEqual([]);
});

test('init containers and several containers are told apart', () => {
  const broken = (name: string) => ({
    name,
    ready: false,
    restartCount: 0,
    state: { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } },
  });
  const one = pod('web-1', {
    spec: {
      initContainers: [{ name: 'setup', image: 'setup' }],
      containers: [
        { name: 'a', image: 'a' },
        { name: 'b', image: 'b' },
      ],
    },
    status: {
      phase: 'Pending',
      initContainerStatuses: [broken('setup')],
      containerStatuses: [broken('a'), broken('b')],
    },
  });
  expect(found(pods, [one])).toEqual([
    'critical PodImageNotFound Pod shop/web-1 [a]',
    'critical PodImageNotFound Pod shop/web-1 [b]',
    'critical PodImageNotFound Pod shop/web-1 [setup]',
  ]);
});
