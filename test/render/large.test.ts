import { describe, expect, test } from 'vitest';
import { formats } from '../../src/model/formats.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import type { Report } from '../../src/model/report.ts';
import { type Renderer, rendererOf } from '../../src/render/formats.ts';
import { largeReport } from '../support/large-report.ts';

const few = largeReport(200);
const many = largeReport(1_600);

/** How often a renderer reads something of a report: the same on every machine, however busy it is. */
function readsOf(render: Renderer, report: Report): number {
  let reads = 0;
  const known = new WeakMap<object, object>();
  const watched = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const proxy =
      known.get(value) ??
      new Proxy(value, {
        get: (target, key): unknown => {
          reads += 1;
          return watched(Reflect.get(target, key));
        },
      });
    known.set(value, proxy);
    return proxy;
  };
  render(watched(report) as Report, {});
  return reads;
}

test('a large report is one', () => {
  expect(reportSchema.parse(many)).toEqual(many);
  expect(many.problems).toHaveLength(1_600);
  expect(many.summary.incidents).toEqual({ critical: 320, warning: 160, info: 160 });
});

test('what looks at every problem for each problem is noticed', () => {
  const square: Renderer = ({ problems }) =>
    String(problems.map(({ id }) => problems.findIndex((one) => one.id === id)));
  expect(readsOf(square, many)).toBeGreaterThan(50 * readsOf(square, few));
});

describe.each(formats)('%s', (format) => {
  test('eight times as many problems are eight times as much work, not the square of it', async () => {
    const render = await rendererOf(format);
    expect(readsOf(render, many)).toBeLessThan(10 * readsOf(render, few));
    expect(render(many, {}).length).toBeLessThan(10 * render(few, {}).length);
  });
});
