import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { chainOf } from '../../src/render/html/chain.ts';
import { html, htmlText } from '../../src/render/html/escape.ts';
import { barOf } from '../../src/render/html/gpu-bar.ts';
import { timeScale } from '../../src/render/html/time-scale.ts';
import { prose } from '../../src/render/html/words.ts';
import { aFinding, needs } from '../support/findings.ts';
import { reportOf } from '../support/report.ts';

describe('html``', () => {
  test.each([
    ['text', html`<p>${'<b> & "q" \'a\''}</p>`, '<p>&lt;b&gt; &amp; &quot;q&quot; &#39;a&#39;</p>'],
    ['attributes', html`<p title="${'" onclick="x'}"></p>`, '<p title="&quot; onclick=&quot;x"></p>'],
    ['numbers, and nothing for undefined and false', html`${1}${undefined}${false}${0}`, '10'],
    ['markup as it is', html`<p>${html`<b>${'<'}</b>`}</p>`, '<p><b>&lt;</b></p>'],
    ['lists', html`${['<', html`<i></i>`, ['&']]}`, '&lt;<i></i>&amp;'],
    ['controls made visible', html`${'a\u0000b\u202Ec\nd'}`, 'a\uFFFDb\uFFFDc d'],
    ['other scripts as they are', html`${'größer 日本'}`, 'größer 日本'],
  ])('%s', (_, piece, expected) => {
    expect(htmlText(piece)).toBe(expected);
  });

  test('data never passes for markup, whatever its form', () => {
    const data = JSON.parse('{"markup":"<b>","Symbol(markup)":"<b>","text":"<b>"}') as never;
    expect(() => htmlText(html`${data}`)).toThrow(TypeError);
  });
});

describe('text of a runbook', () => {
  test.each([
    ['no code', 'no code'],
    ['set `a` and `b`', 'set <code>a</code> and <code>b</code>'],
    ['a lone ` stays', 'a lone ` stays'],
    ['`a` and a lone `', '<code>a</code> and a lone `'],
    ['`<b>`', '<code>&lt;b&gt;</code>'],
  ])('%s', (text, expected) => {
    expect(htmlText(prose(text))).toBe(expected);
  });
});

/** The chain as a reader sees it: each arrow and box on a line, indented as deep as its list. */
function drawn(report: Report): string {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const markup = htmlText(chainOf(report.incidents[0]!, { report, problemOf: (id) => problems.get(id) }));
  let depth = 0;
  return markup
    .split(/(<[^>]*>)/)
    .map((piece) => {
      if (piece.startsWith('<ul')) depth += 1;
      if (piece === '</ul>') depth -= 1;
      if (piece.startsWith('<p class="via') || piece.startsWith('<div class="box') || piece === '<summary>')
        return `\n${'. '.repeat(depth)}${piece.startsWith('<p') ? '> ' : ''}`;
      return piece.startsWith('<') ? ' ' : piece.replaceAll(/\s+/g, ' ');
    })
    .join('')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/(critical|warning) /g, '')
    .replaceAll(/ +$/gm, '')
    .trim();
}

describe('the chain', () => {
  test('is a line where each cause has one effect', () => {
    const report = reportOf([
      aFinding('A', 'Secret s', { breaks: ['start'] }),
      aFinding('B', 'Deployment d', { breaks: ['ready'], causes: [needs('start', 'Secret s')] }),
      aFinding('C', 'Service v', { causes: [needs('ready', 'Deployment d', 'likely')] }),
    ]);
    expect(drawn(report)).toMatchInlineSnapshot(`
      "Root cause Secret s A
      > leads, proven, by spec.x Secret s
       Deployment d B
      > leads, likely, by spec.x Deployment d likely
       Service v C"
    `);
  });

  test('forks where a cause has several, and folds away what is too much', () => {
    const effects = Array.from({ length: 10 }, (_, index) =>
      aFinding('B', `Pod p${index}`, { causes: [needs('run', 'Node n')] }),
    );
    expect(drawn(reportOf([aFinding('A', 'Node n', { breaks: ['run'] }), ...effects]))).toMatchInlineSnapshot(`
      "Root cause Node n A
      . > leads, proven, by spec.x Node n
      . Pod p0 B
      . > leads, proven, by spec.x Node n
      . Pod p1 B
      . > leads, proven, by spec.x Node n
      . Pod p2 B
      . > leads, proven, by spec.x Node n
      . Pod p3 B
      . > leads, proven, by spec.x Node n
      . Pod p4 B
      . > leads, proven, by spec.x Node n
      . Pod p5 B
      . > leads, proven, by spec.x Node n
      . Pod p6 B
      . > leads, proven, by spec.x Node n
      . Pod p7 B
      and 2 more effects
      . > leads, proven, by spec.x Node n
      . Pod p8 B
      . > leads, proven, by spec.x Node n
      . Pod p9 B"
    `);
  });

  test('tells a circle once', () => {
    const report = reportOf([
      aFinding('A', 'Webhook w', { breaks: ['admit'], unlocks: true, causes: [needs('ready', 'Deployment d')] }),
      aFinding('B', 'Deployment d', { breaks: ['ready'], causes: [needs('admit', 'Webhook w')] }),
    ]);
    expect(drawn(report)).toMatchInlineSnapshot(`
      "Root cause Webhook w A
      > leads, proven, by spec.x Webhook w
       Deployment d B
      > leads, proven, by spec.x Deployment d
       Webhook w (back to the first: a circle)"
    `);
  });

  test('may be as long as it likes', () => {
    const report = reportOf([
      aFinding('A', 'Pod p0', { breaks: ['run'] }),
      aFinding('A', 'Pod p1', { breaks: ['run'], causes: [needs('run', 'Pod p0')] }),
    ]);
    const [problem] = report.problems;
    const ids = Array.from({ length: 20_000 }, (_, index) => String(index));
    const hop = report.incidents[0]!.chain[0]!;
    const chain = ids.slice(1).map((to, index) => ({ ...hop, from: ids[index]!, to }));
    const markup = htmlText(
      chainOf(
        { ...report.incidents[0]!, root: '0', symptoms: ids.slice(1), chain },
        { report, problemOf: (id) => ({ ...problem!, id }) },
      ),
    );
    expect(markup.match(/class="box/g)).toHaveLength(20_000);
  });
});

describe('the bar of a device', () => {
  const device = { resource: 'r', vendor: 'nvidia', through: 'plugin' } as const;
  const holder = (amount: number, runs: boolean) => ({
    letter: 'A',
    holder: {
      namespace: 'n',
      pod: 'p',
      owner: 'Pod n/p',
      resource: 'r',
      amount,
      state: runs ? 'running' : 'stuck',
      runs,
    },
  });
  const blocks = (markup: string) =>
    [
      ...markup.matchAll(/<title\s*>(.*?)<\/title\s*>\s*<rect\s+class="(\w+)"\s+x="([\d.]+)%"\s+width="([\d.]+)%"/g),
    ].map(([, label, look, x, width]) => `${look} ${x}+${width} ${label}`);

  test('has a block for each holder, what is free and what is not given out', () => {
    const bar = barOf({ ...device, capacity: 8, allocatable: 7, requested: 5, free: 2, unhealthy: 1 }, [
      holder(1, false),
      holder(4, true),
    ]);
    expect(blocks(htmlText(bar))).toEqual([
      'idle 0+12.5 1 held by Pod n/p, stuck',
      'held 12.5+50 4 held by Pod n/p, running',
      'free 62.5+25 2 free',
      'bad 87.5+12.5 1 not given out',
    ]);
  });

  test('is full at most, whatever the numbers say', () => {
    const bar = barOf({ ...device, capacity: 2, allocatable: 2, requested: 5, free: 0, unhealthy: 0 }, [
      holder(9, true),
      holder(3, true),
    ]);
    expect(blocks(htmlText(bar))).toEqual(['held 0+100 9 held by Pod n/p, running']);
  });

  test('without a device it is empty', () => {
    expect(
      blocks(htmlText(barOf({ ...device, capacity: 0, allocatable: 0, requested: 0, free: 0, unhealthy: 0 }, []))),
    ).toEqual([]);
  });
});

describe('the line of time', () => {
  test('has more room the nearer to now, keeps order, and stays within its ends', () => {
    const { at, ticks } = timeScale([-3, 5, 80, 3650]);
    const places = [-30, -3, 0, 1, 7, 30, 90, 365, 3650].map(at);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(new Set(places).size).toBe(places.length);
    expect(at(-100_000)).toBe(3);
    expect(at(100_000)).toBe(97);
    expect(at(7) - at(0)).toBeGreaterThan(at(3650) - at(3643));
    expect(ticks.map(({ label }) => label)).toEqual(['30 d ago', 'now', '7 d', '30 d', '90 d', '1 y', '5 y', '10 y']);
  });

  test('begins now where nothing is over', () => {
    expect(timeScale([2]).ticks.map(({ label }) => label)).toEqual(['now', '7 d', '30 d']);
    expect(timeScale([]).at(0)).toBe(3);
  });
});
