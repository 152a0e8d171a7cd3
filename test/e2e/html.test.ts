import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { renderHtml } from '../../src/render/html/page.ts';
import { fullReport } from '../support/full-report.ts';
import { hostile } from '../support/hostile-report.ts';
import { largeReport } from '../support/large-report.ts';
import { goldenReports } from '../support/recorded-report.ts';
import { startChromium } from './support/browser.ts';
import { runTool } from './support/tool.ts';

const browser = await startChromium();
const missing = 'missing' in browser ? browser.missing : undefined;
if (missing !== undefined) console.error(`The tests of the HTML report are skipped: ${missing}`);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = await mkdtemp(path.join(tmpdir(), 'mekhanikube-html-'));
const pages: Page[] = [];

afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});

afterAll(async () => {
  if (!('missing' in browser)) await browser.close();
  await rm(folder, { recursive: true });
});

/** A page that is open, and all that it said or asked for since. */
interface Opened {
  readonly page: Page;
  readonly said: string[];
  readonly asked: string[];
}

async function open(report: Report, options: BrowserContextOptions = {}): Promise<Opened> {
  const file = path.join(folder, 'report.html');
  await writeFile(file, renderHtml(report));
  return openFile(file, options);
}

async function openFile(file: string, options: BrowserContextOptions): Promise<Opened> {
  if ('missing' in browser) throw new Error(browser.missing);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  pages.push(page);
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('dialog', (dialog) => said.push(`dialog ${dialog.message()}`));
  context.on('request', (request) => asked.push(request.url()));
  context.on('page', (other) => asked.push(`window ${other.url()}`));
  await page.goto(pathToFileURL(file).href);
  return { page, said, asked };
}

/** How far the page is wider than its window, in pixels. */
const overflow = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth');

const shownIncidents = (page: Page) => page.locator('.incident:not([hidden])');

describe.skipIf(missing !== undefined)('the HTML report in Chromium', () => {
  test('is written by the command, opens, and says what the report says', async () => {
    const file = path.join(folder, 'demo.html');
    const json = path.join(folder, 'demo.json');
    const ran = await runTool([
      'analyze',
      '--from',
      'demo/shop.snapshot.gz',
      '-o',
      `html=${file}`,
      '-o',
      `json=${json}`,
    ]);
    expect(ran).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const { page, said, asked } = await openFile(file, {});
    const report = JSON.parse(await readFile(json, 'utf8')) as Report;
    expect(await page.locator('.incident').count()).toBe(report.incidents.length);
    expect(await page.locator('h1').innerText()).toContain(`${report.summary.incidents.critical} critical`);
    expect(said).toEqual([]);
    expect(asked).toEqual([pathToFileURL(file).href, expect.stringMatching(/^data:image\/svg/)].slice(0, asked.length));
  });

  test('runs nothing that a cluster says', async () => {
    const { page, said, asked } = await open(hostile(await fullReport()));
    const before = page.url();
    await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
    for (const kind of ['click', 'mouseover', 'focus', 'toggle', 'error', 'load']) {
      await page.evaluate(
        `for (const one of document.querySelectorAll('main *')) one.dispatchEvent(new Event('${kind}', { bubbles: true }))`,
      );
    }
    await page.evaluate('new Promise((done) => setTimeout(done, 300))');
    expect(await page.locator('body').innerText()).toContain(`<img src=x onerror=planted('img')>`);
    expect(
      await page.locator('img, iframe, object, embed, base, form:not(#filter), main a[href^="javascript"]').count(),
    ).toBe(0);
    expect(page.url().split('#')[0]).toBe(before);
    expect(said).toEqual([]);
    expect(asked.filter((url) => url !== before && !url.startsWith('data:image/svg'))).toEqual([]);
  });

  test('its policy stops what would run all the same', async () => {
    const file = path.join(folder, 'planted.html');
    const planted = `<main><img src=x onerror="document.title='ran'"><script>document.title='ran'</script><p style="color:red">`;
    await writeFile(file, renderHtml((await goldenReports()).broken).replace('<main>', planted));
    const { page, said } = await openFile(file, {});
    expect(await page.title()).not.toBe('ran');
    expect(said.filter((text) => text.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(3);
  });

  const full = fullReport();
  const golden = goldenReports();
  describe.each([390, 1280])('%i pixels wide', (width) => {
    describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
      test.each(['full', 'broken', 'healthy', 'incomplete'] as const)(
        '%s: axe finds no serious fault, nothing overflows',
        async (name) => {
          const report = name === 'full' ? await full : (await golden)[name];
          const { page, said } = await open(report, { viewport: { width, height: 900 }, colorScheme });
          expect(await overflow(page)).toBeLessThanOrEqual(0);
          await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
          expect(await overflow(page)).toBeLessThanOrEqual(0);
          await page.evaluate(axe);
          const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
          const serious = violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(
              ({ id, nodes }) =>
                `${id}: ${nodes
                  .map(({ html }) => html)
                  .join(' ')
                  .slice(0, 400)}`,
            );
          expect(serious).toEqual([]);
          expect(passes.length).toBeGreaterThan(15);
          expect(said).toEqual([]);
        },
      );
    });
  });

  test('long names and words never make it wider than the window', async () => {
    const { page } = await open(hostile(await fullReport()), { viewport: { width: 390, height: 900 } });
    await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  test('filters by severity, namespace and text, and says how many are left', async () => {
    const report = largeReport(50);
    const { page } = await open(report);
    const all = report.incidents.length;
    const status = page.locator('#shown');
    expect(await status.innerText()).toBe(`${all} shown`);
    await page.getByLabel('critical').uncheck();
    await expect.poll(() => shownIncidents(page).count()).toBe(all - report.summary.incidents.critical);
    await page.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => shownIncidents(page).count()).toBe(all);
    await page.getByLabel('Namespace').selectOption({ label: 'team-3 (2)' });
    await expect.poll(() => shownIncidents(page).count()).toBe(2);
    await page.getByRole('searchbox').fill('PODRESTARTS batch-3');
    await expect.poll(() => status.innerText()).toBe(`1 of ${all} shown`);
    await page.getByRole('searchbox').fill('no such word');
    await expect.poll(() => status.innerText()).toBe(`None of ${all} fits`);
  });

  test('a link leads to its incident, also where that is folded or filtered away', async () => {
    const report = largeReport(50);
    const { page } = await open(report);
    const last = report.incidents.at(-1)!.id;
    const article = page.locator(`#${last}`);
    await page.getByRole('searchbox').fill('no such word');
    await expect.poll(() => article.isVisible()).toBe(false);
    await page.evaluate(`location.hash = '#${last}'`);
    await expect.poll(() => article.locator('.body').isVisible()).toBe(true);
    expect(await page.evaluate('document.activeElement.closest(".incident").id')).toBe(last);
    const other = report.incidents.at(-2)!.id;
    await page.goto(`${page.url().split('#')[0]}?again#${other}`);
    await expect.poll(() => page.locator(`#${other} .body`).isVisible()).toBe(true);
    expect(await page.locator(`#${other}`).evaluate((one) => one.getBoundingClientRect().top)).toBeLessThan(900);
  });

  test('copies a command as it stands', async () => {
    const { page } = await open((await goldenReports()).broken, { permissions: ['clipboard-read', 'clipboard-write'] });
    const command = page.locator('.cmd').first();
    await command.getByRole('button').click();
    await expect.poll(() => command.getByRole('button').innerText()).toBe('Copied');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await command.locator('code').innerText());
  });

  test('copies where the browser keeps the clipboard from it, as over plain HTTP', async () => {
    const { page } = await open((await goldenReports()).broken);
    await page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: undefined })`);
    const command = page.locator('.cmd').first();
    await page.evaluate(`document.addEventListener('copy', () => { window.copied = String(getSelection()) })`);
    await command.getByRole('button').click();
    await expect.poll(() => command.getByRole('button').innerText()).toBe('Copied');
    expect(await page.evaluate('window.copied')).toBe(await command.locator('code').innerText());
  });

  test('can be used with the keyboard alone', async () => {
    const { page } = await open((await goldenReports()).broken);
    const active = () => page.evaluate<string>('document.activeElement.textContent');
    await page.keyboard.press('Tab');
    expect(await active()).toBe('Skip to the incidents');
    await page.keyboard.press('Enter');
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.name')).toBe('text');
    await page.keyboard.type('suspended');
    await expect.poll(() => shownIncidents(page).count()).toBeLessThan(4);
    const first = shownIncidents(page).first();
    for (
      let presses = 0;
      presses < 5 && (await page.evaluate('document.activeElement.tagName')) !== 'SUMMARY';
      presses += 1
    )
      await page.keyboard.press('Tab');
    expect(await first.locator('.body').isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    expect(await first.locator('.body').isVisible()).toBe(true);
  });

  test('changes between light and dark', async () => {
    const { page } = await open((await goldenReports()).healthy, { colorScheme: 'light' });
    const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.getByRole('button', { name: 'Dark' }).click();
    expect(await background()).not.toBe(light);
    await page.getByRole('button', { name: 'Light' }).click();
    expect(await background()).toBe(light);
  });

  test('without scripts everything can be read, and nothing offers what it cannot do', async () => {
    const { page } = await open((await goldenReports()).broken, { javaScriptEnabled: false });
    expect(await page.locator('button:visible, input:visible').count()).toBe(0);
    await page.locator('.incident > details > summary').nth(1).click();
    expect(await page.locator('.incident').nth(1).locator('.body').isVisible()).toBe(true);
  });

  test('on paper nothing is folded', async () => {
    const { page } = await open((await goldenReports()).broken);
    const closed = page.locator('.incident').nth(1).locator('.what-to-do');
    expect(await closed.evaluate((one) => one.checkVisibility())).toBe(false);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect(await closed.evaluate((one) => one.checkVisibility())).toBe(true);
    expect(
      await page.locator('#filter, nav, .cmd button').evaluateAll((all) => all.some((one) => one.checkVisibility())),
    ).toBe(false);
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    await page.emulateMedia({ media: 'screen' });
    expect(await closed.evaluate((one) => one.checkVisibility())).toBe(false);
  });

  test('ten thousand findings stay usable', async () => {
    const report = largeReport(10_000);
    const { page } = await open(report);
    await page.getByRole('searchbox').fill('team-42/');
    await expect.poll(() => page.locator('#shown').innerText()).toContain(' of ');
    expect(await shownIncidents(page).count()).toBeGreaterThan(0);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'ThreadTime')!.value;
    };
    // Seconds that the page's thread is at work, whatever else the machine does meanwhile.
    for (const text of ['team-1', 'db-123', 'no such word', '']) {
      const before = await busy();
      await page.evaluate(`{
        const field = document.querySelector('#filter [name=text]');
        field.value = ${JSON.stringify(text)};
        field.form.dispatchEvent(new Event('submit', { cancelable: true }));
        document.body.offsetHeight;
      }`);
      const took = (await busy()) - before;
      expect(took).toBeGreaterThan(0);
      expect(took).toBeLessThan(1);
    }
  });
});
