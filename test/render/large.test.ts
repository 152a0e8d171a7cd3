import { describe, expect, test } from 'vitest';
import { formats } from '../../src/model/formats.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import type { Report } from '../../src/model/report.ts';
import { type Renderer, rendererOf } from '../../src/render/formats.ts';
import { largeReport } from '../support/large-report.ts';

const few = largeReport(500);
const many = largeReport(4_000);

/** The least milliseconds of some runs: what disturbs a run only ever makes it longer. */
function least(render: Renderer, report: Report): number {
  return Math.min(
    ...Array.from({ length: 4 }, () => {
      const start = performance.now();
      render(report, {});
      return performance.now() - start;
    }),
  );
}

test('a large report is one', () => {
  expect(reportSchema.parse(many)).toEqual(many);
  expect(many.problems).toHaveLength(4_000);
  expect(many.summary.incidents).toEqual({ critical: 800, warning: 400, info: 400 });
});

describe.each(formats)('%s', (format) => {
  test('costs eight times as much for eight times as many problems, not the square of it', async () => {
    const render = await rendererOf(format);
    expect(render(many, {}).length).toBeLessThan(10 * render(few, {}).length);
    expect(least(render, many)).toBeLessThan(30 * Math.max(least(render, few), 1));
  });
});
