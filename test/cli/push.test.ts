import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { renderJson } from '../../src/render/json.ts';
import { renderJsonl } from '../../src/render/jsonl.ts';
import { authority } from '../support/certificates.ts';
import { node, object, pod } from '../support/objects.ts';
import { wholeReportIn } from '../../src/report/whole.ts';
import { httpProxy } from '../support/proxy.ts';
import { type FakeGateway, pushGateway } from '../support/push-gateway.ts';
import { demoReport } from '../support/recorded-report.ts';
import { cli, type CliOptions } from '../support/run-cli.ts';
import { readSeries } from '../support/series.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mekhanikube-push-'));
  file = await write('report.json', renderJson(await demoReport()));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const at = path.join(folder, name);
  await writeFile(at, text);
  return at;
}

const push = (gateway: Pick<FakeGateway, 'url'>, flags = '', options: CliOptions = {}) =>
  cli(['push', file, '--gateway', gateway.url, ...flags.split(' ').filter((word) => word !== '')], options);

const failing = [
  node('n1', {
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-02-27T12:00:00Z' }] },
  }),
  pod('web', { spec: { nodeName: 'n1' } }),
  object('namespaces', 'shop'),
];

/** An address where nothing listens. */
async function nowhere(): Promise<{ readonly url: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` };
}

describe('push', () => {
  test('replaces the group of the cluster with what the report says', async () => {
    const gateway = await pushGateway();
    const { code, out, err } = await push(gateway);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '',
      err: `Pushed to ${gateway.url}: job mekhanikube, cluster shop.\n`,
    });
    const [request] = gateway.got;
    expect(request?.method).toBe('PUT');
    expect(request?.path).toBe('/metrics/job/mekhanikube/cluster/shop');
    expect(request?.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(request?.headers.authorization).toBeUndefined();
    const report = await demoReport();
    const critical = readSeries(request?.body ?? '').find(
      ({ name, labels }) => name === 'mekhanikube_problems' && labels['severity'] === 'critical',
    );
    expect(critical?.value).toBe(report.summary.problems.critical);
    expect(gateway.got).toHaveLength(1);
  });

  test('JSON lines are as good, and give the same metrics', async () => {
    const gateway = await pushGateway();
    await push(gateway);
    const lines = await write('report.jsonl', renderJsonl(await demoReport()));
    expect((await cli(['push', lines, '--gateway', gateway.url])).code).toBe(0);
    expect(gateway.got[1]?.body).toBe(gateway.got[0]?.body);
  });

  test('method, job, labels and a prefix', async () => {
    const gateway = await pushGateway();
    const at = { url: `${gateway.url}/gateway/metrics/` };
    const { code } = await push(
      at,
      '--method POST --job nightly/scan --group team=web --group cluster= --group cluster=a.b',
    );
    expect(code).toBe(0);
    expect(gateway.got[0]?.method).toBe('POST');
    const job = Buffer.from('nightly/scan').toString('base64url');
    expect(gateway.got[0]?.path).toBe(`/gateway/metrics/job@base64/${job}/cluster/a.b/team/web`);
  });

  test('an empty label, a dot, a space: as base64', async () => {
    const gateway = await pushGateway();
    await push(gateway, '--group a= --group b=..');
    await cli(['push', file, '--gateway', gateway.url, '--group', 'c=Grüße aus B']);
    expect(gateway.got[0]?.path).toBe('/metrics/job/mekhanikube/cluster/shop/a@base64/=/b@base64/Li4');
    expect(gateway.got[1]?.path).toBe('/metrics/job/mekhanikube/cluster/shop/c@base64/R3LDvMOfZSBhdXMgQg');
  });

  test('what analyze was asked to look at is the scope; what was written by a newer version is read', async () => {
    const gateway = await pushGateway();
    const report = await demoReport();
    const scope = { namespaces: ['a', 'b'], selector: 'app=web', filters: ['pods'], targets: ['deployment/web'] };
    const newer = { ...report, scope, future: 1, stats: { ...report.stats, more: {} } };
    const odd = await write('odd.json', JSON.stringify(newer));
    expect((await cli(['push', odd, '--gateway', gateway.url])).err).toContain(
      'scope a,b; selector app=web; filter pods; deployment/web',
    );
    const [, encoded = ''] = /\/scope@base64\/(.*)$/.exec(gateway.got[0]?.path ?? '') ?? [];
    expect(Buffer.from(encoded, 'base64url').toString()).toBe('a,b; selector app=web; filter pods; deployment/web');
  });

  test('a hostile name of a cluster acts upon no terminal', async () => {
    const gateway = await pushGateway();
    const report = await demoReport();
    const hostile = { ...report, cluster: { ...report.cluster, name: 'a\u001B[31m\n/../x' } };
    const odd = await write('hostile.json', JSON.stringify(hostile));
    const { err } = await cli(['push', odd, '--gateway', gateway.url]);
    expect(err).toBe(`Pushed to ${gateway.url}: job mekhanikube, cluster a\uFFFD[31m /../x.\n`);
    expect(gateway.got[0]?.path).toMatch(/^\/metrics\/job\/mekhanikube\/cluster@base64\/[\w-]+$/);
  });

  test('everything can be said by the environment', async () => {
    const gateway = await pushGateway();
    const { code } = await cli(['push', file], {
      environment: {
        MEKHANIKUBE_PUSH_GATEWAY: gateway.url,
        MEKHANIKUBE_PUSH_METHOD: 'post',
        MEKHANIKUBE_PUSH_GROUP: 'team=web,env=test',
        MEKHANIKUBE_PUSH_TOKEN: 'secret-token',
      },
    });
    expect(code).toBe(0);
    expect(gateway.got[0]?.method).toBe('POST');
    expect(gateway.got[0]?.path).toBe('/metrics/job/mekhanikube/cluster/shop/team/web/env/test');
    expect(gateway.got[0]?.headers.authorization).toBe('Bearer secret-token');
  });

  test('-v tells of the request', async () => {
    const gateway = await pushGateway();
    const { err } = await push(gateway, '-v --password-file', {});
    expect(err).toContain('argument missing');
    expect((await push(gateway, '-v')).err).toMatch(
      new RegExp(`^PUT ${gateway.url}/metrics/job/mekhanikube/cluster/shop 200 \\d+ ms\n`),
    );
  });
});

describe('credentials', () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

  test('in the address, and never printed', async () => {
    const gateway = await pushGateway([{ status: 200 }, { status: 401 }]);
    const named = { url: gateway.url.replace('//', '//me:pa%20ss%2Fword@') };
    const { err } = await push(named, '-v');
    expect(gateway.got[0]?.headers.authorization).toBe(basic('me:pa ss/word'));
    const refused = await push(named, '-v');
    expect(refused.code).toBe(4);
    for (const text of [err, refused.err]) expect(text).not.toMatch(/pa(%20| )ss|me:pa/);
  });

  test('name and password: from a file or the environment; a token: from a file', async () => {
    const gateway = await pushGateway();
    const password = await write('password', 'long secret\n');
    const token = await write('token', 'abc.def\n');
    await push(gateway, `--username me --password-file ${password}`);
    await push(gateway, '--username me', { environment: { MEKHANIKUBE_PUSH_PASSWORD: 'other' } });
    await push(gateway, `--token-file ${token}`);
    expect(gateway.got.map(({ headers }) => headers.authorization)).toEqual([
      basic('me:long secret'),
      basic('me:other'),
      'Bearer abc.def',
    ]);
  });

  test.each([
    ['--username me --token-file TOKEN', 'a token or a name and a password, not both'],
    ['--password-file PASSWORD', 'there is a password for the push gateway, and no name'],
    ['--token-file /nonexistent', '--push-token-file /nonexistent cannot be read: there is no such file'],
    ['--token-file EMPTY', 'is empty'],
    ['--token-file BROKEN', 'holds characters that cannot be sent'],
  ])('%s: %s', async (flags, message) => {
    const gateway = await pushGateway();
    const files = {
      TOKEN: await write('token', 'abc'),
      PASSWORD: await write('password', 'hush'),
      EMPTY: await write('empty', '\n'),
      BROKEN: await write('broken', 'hush\nhush'),
    };
    const { code, err } = await push(
      gateway,
      flags.replaceAll(/TOKEN|PASSWORD|EMPTY|BROKEN/g, (name) => files[name as keyof typeof files]),
    );
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('hush');
    expect(gateway.got).toEqual([]);
  });

  test('there is no flag for secrets', async () => {
    const gateway = await pushGateway();
    expect((await push(gateway, '--push-password x')).code).toBe(2);
    expect((await push(gateway, '--push-token x')).code).toBe(2);
  });
});

describe('a gateway that does not take them', () => {
  test.each([
    [
      { status: 400, text: 'text format parsing error in line 3\u001B[31m: expected' },
      'it refused the metrics (400): text format parsing error in line 3\uFFFD[31m: expected',
    ],
    [{ status: 401 }, 'it wants to know who pushes (401)'],
    [{ status: 403, text: 'no' }, 'it does not allow it (403): no'],
    [{ status: 404, text: 'not here' }, 'there is no push gateway at that address (404)'],
    [{ status: 405 }, 'there is no push gateway at that address (405)'],
    [
      { status: 302, headers: { location: 'https://me:hush@other.example/login?token=hush' } },
      'it answered 302 and points to https://other.example/login',
    ],
    [
      { status: 418, text: `${'x'.repeat(400)}\n${'y'.repeat(4_000)}` },
      `it answered 418: ${'x'.repeat(400)} ${'y'.repeat(99)}…`,
    ],
  ])('%j is not asked again: %s', async (behaviour, why) => {
    const gateway = await pushGateway([behaviour]);
    const { code, out, err } = await push(gateway);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    const [error, hint, ...rest] = err.split('\n');
    expect(error).toBe(`error: cannot push to ${gateway.url}: ${why}`);
    expect(hint).toMatch(/^hint: \S/);
    expect(rest).toEqual(['']);
    expect(gateway.got).toHaveLength(1);
  });

  test('credentials that are refused', async () => {
    const gateway = await pushGateway([{ status: 401, text: 'Unauthorized' }]);
    const { err } = await push(gateway, '', { environment: { MEKHANIKUBE_PUSH_TOKEN: 'hush' } });
    expect(err).toContain('it does not accept the credentials (401): Unauthorized');
    expect(err).not.toContain('hush');
  });

  test.each([
    [{ status: 500, text: 'out of disk' }, 'it answered 500: out of disk (tried 2 times)'],
    [{ status: 503 }, 'it answered 503 (tried 2 times)'],
    [{ status: 429 }, 'it answered 429 (tried 2 times)'],
    ['close' as const, 'the connection broke (tried 2 times)'],
    ['hang' as const, 'no answer within 0.1 s (tried 2 times)'],
  ])('%j is asked again: %s', async (behaviour, why) => {
    const gateway = await pushGateway([behaviour]);
    const { code, err } = await push(gateway, '--retries 1 --timeout 100ms');
    expect(code).toBe(4);
    expect(err).toContain(`error: cannot push to ${gateway.url}: ${why}\nhint: `);
    expect(gateway.got).toHaveLength(2);
  });

  test('one that comes back gets all of it', async () => {
    const gateway = await pushGateway([{ status: 503 }, 'close', { status: 200 }]);
    expect((await push(gateway)).code).toBe(0);
    expect(gateway.got).toHaveLength(3);
    expect(new Set(gateway.got.map(({ body }) => body)).size).toBe(1);
  });

  test('nobody there', async () => {
    const { code, err } = await push(await nowhere(), '--retries 0');
    expect(code).toBe(4);
    expect(err).toContain('the connection is refused\nhint: Is it running');
  });

  test('another protocol', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('data', () => socket.write('220 mail ready\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    const url = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    expect((await push({ url })).err).toContain(`cannot push to http://${url}: it does not speak HTTP\n`);
    expect((await push({ url: `https://${url}` })).err).toContain('it does not speak TLS\n');
  });

  test('Ctrl-C ends it', async () => {
    const gateway = await pushGateway(['hang']);
    const interrupt = new AbortController();
    const ended = push(gateway, '', { signal: interrupt.signal });
    await expect.poll(() => gateway.got.length).toBe(1);
    interrupt.abort();
    expect((await ended).code).toBe(130);
  });
});

describe('TLS', () => {
  test('an authority of ones own, in a file; no other', async () => {
    const own = authority();
    const gateway = await pushGateway([{ status: 200 }], own.issue('gateway', ['IP:127.0.0.1']));
    const ca = await write('ca.crt', own.cert);
    expect((await push(gateway, `--ca-file ${ca}`)).err).toMatch(/^Pushed/);
    const unknown = await push(gateway);
    expect(unknown.code).toBe(4);
    expect(unknown.err).toContain(
      'its certificate is signed by no authority that this machine knows\nhint: Name a file',
    );
    const other = await write('other.crt', authority('other').cert);
    expect((await push(gateway, `--ca-file ${other}`)).err).toContain('not signed by an authority in --push-ca-file');
    expect(gateway.got).toHaveLength(1);
  });

  test('a certificate for another name, and one that has expired', async () => {
    const own = authority();
    const ca = await write('ca.crt', own.cert);
    const other = await pushGateway([{ status: 200 }], own.issue('gateway', ['DNS:gateway.example']));
    expect((await push(other, `--ca-file ${ca}`)).err).toContain('its certificate is for another name');
    const old = await pushGateway([{ status: 200 }], own.issue('gateway', ['IP:127.0.0.1'], { days: -1 }));
    expect((await push(old, `--ca-file ${ca}`)).err).toContain('its certificate has expired');
  });

  test('a file without certificates', async () => {
    const gateway = await pushGateway();
    const empty = await write('no.crt', 'nothing');
    const { code, err } = await push(gateway, `--ca-file ${empty}`);
    expect(code).toBe(2);
    expect(err).toContain('holds no certificate in PEM');
  });
});

test('a proxy gets the whole address of a plain gateway', async () => {
  const proxy = await httpProxy();
  onTestFinished(() => proxy.close());
  const environment = { HTTP_PROXY: `http://me:hush@127.0.0.1:${proxy.port}` };
  const { code, err } = await push({ url: 'http://gateway.test:9091' }, '', { environment });
  expect(code).toBe(0);
  expect(err).not.toContain('hush');
  expect(proxy.asked).toEqual(['PUT http://gateway.test:9091/metrics/job/mekhanikube/cluster/shop HTTP/1.1 me:hush']);
});

describe('what is no report', () => {
  test.each([
    ['', 'is no report of mekhanikube in JSON or JSON lines'],
    ['nonsense', 'is no report of mekhanikube in JSON or JSON lines'],
    ['{"kind":"List","items":[]}', 'is no report of mekhanikube'],
    ['{"schemaVersion":"2","problems":[]}', 'is a report of version "2", and version "1" can be read'],
    ['{"schemaVersion":"1","problems":[]}', 'is no whole report: tool: '],
    ['{"type":"incident","problems":[]}\n', 'was cut off: its summary is missing'],
    ['{"schemaVersion":"1","problems":[', 'is no report of mekhanikube'],
  ])('%s: %s', async (text, message) => {
    const gateway = await pushGateway();
    const { code, err } = await cli(['push', await write('odd.json', text), '--gateway', gateway.url]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(gateway.got).toEqual([]);
  });

  test('nothing came through the pipe: the command before it failed', () => {
    expect(() => wholeReportIn('\n', 'stdin')).toThrow(
      expect.objectContaining({ message: 'stdin is empty', hint: 'Did the command that writes the report fail?' }),
    );
  });

  test('no such file', async () => {
    const { code, err } = await cli(['push', '/nonexistent/report.json', '--gateway', 'http://127.0.0.1:1']);
    expect(code).toBe(2);
    expect(err).toContain('/nonexistent/report.json cannot be read: there is no such file');
  });
});

describe('bad flags', () => {
  test.each([
    ['', 'no push gateway is named'],
    ['--gateway ftp://host', 'no http or https URL'],
    ['--gateway http://me:hush@host:99999', 'no http or https URL'],
    ['--gateway http://host?x=hush', 'no http or https URL'],
    ['--gateway http://me:hush%zz@host', 'cannot be decoded'],
    ['--gateway http://host:9091/metrics/job/some', 'ends before /metrics/job\nhint: Name the job with --push-job'],
    ['--gateway host --method delete', '--push-method: must be put or post'],
    ['--gateway host --timeout soon', '--push-timeout: "soon" is not a length of time'],
    ['--gateway host --retries many', '--push-retries: "many" must be a number from 0 to 99'],
    ['--gateway host --group team', '--push-group team: write LABEL=VALUE'],
    ['--gateway host --group __x=y', '--push-group __x=y: write LABEL=VALUE'],
    ['--gateway host --group job=y', 'name the job with --push-job'],
    ['--gateway host --group namespace=y', 'the metrics have labels of that name themselves'],
    [
      '--gateway host --token hush',
      '--token is for a live cluster, and push reads a report\nhint: Credentials of the gateway',
    ],
    ['--gateway host --context x', '--context is for a live cluster'],
    ['--gateway host --fail-on critical', "unknown option '--fail-on'"],
  ])('%s: %s', async (flags, message) => {
    const { code, err } = await cli(['push', file, ...flags.split(' ').filter((word) => word !== '')]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('hush');
  });
});

describe('analyze --push-gateway', () => {
  const analyze = (gateway: Pick<FakeGateway, 'url'>, flags: string, options: CliOptions = {}) =>
    cli(['analyze', '--push-gateway', gateway.url, ...flags.split(' ').filter((word) => word !== '')], {
      objects: failing,
      ...options,
    });

  test('prints the report, then pushes what it says, with the inventory and the duration', async () => {
    const gateway = await pushGateway();
    const { code, out, err } = await analyze(gateway, '');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('CRITICAL');
    const series = readSeries(gateway.got[0]?.body ?? '');
    expect(series.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['mekhanikube_scan_duration_seconds', 'mekhanikube_certificates']),
    );
    expect(gateway.got[0]?.path).toBe('/metrics/job/mekhanikube/cluster/test');
  });

  test('a push that fails takes nothing from the report: exit code 4, and 1 where that applies', async () => {
    const gateway = await pushGateway([{ status: 400, text: 'no' }]);
    const plain = await cli(['analyze'], { objects: failing });
    const failed = await analyze(gateway, '');
    expect(failed.out).toBe(plain.out);
    expect(failed.code).toBe(4);
    expect(failed.err).toContain('cannot push to');
    const both = await analyze(gateway, '--fail-on critical');
    expect(both.code).toBe(1);
    expect(both.err).toContain('cannot push to');
    const missing = { missing: { services: 'forbidden' } } as const;
    expect((await analyze(gateway, '--require-complete', missing)).code).toBe(3);
    expect((await analyze(await pushGateway(), '--fail-on critical')).code).toBe(1);
  });

  test('what cannot be meant is refused before the cluster is read', async () => {
    const gateway = await pushGateway();
    const away = { away: true };
    expect((await analyze(gateway, '--push-method x', away)).err).toContain('--push-method: must be put or post');
    expect((await analyze(gateway, '--push-token-file /nonexistent', away)).err).toContain('cannot be read');
    expect((await analyze(gateway, '--show-prompt', away)).err).toContain('--show-prompt makes no report');
    const idle = await cli(['analyze', '--push-job', 'x']);
    expect(idle.code).toBe(2);
    expect(idle.err).toContain('--push-job is for a push gateway: name one with --push-gateway');
    expect(gateway.got).toEqual([]);
  });

  test('a cluster that cannot be read pushes nothing: what the gateway has grows old, and an alert can see that', async () => {
    const gateway = await pushGateway();
    expect((await analyze(gateway, '', { away: true })).code).toBe(2);
    expect(gateway.got).toEqual([]);
  });

  test('a namespace is a group of its own', async () => {
    const gateway = await pushGateway();
    await analyze(gateway, '-n shop');
    expect(gateway.got[0]?.path).toBe('/metrics/job/mekhanikube/cluster/test/scope/shop');
  });
});
