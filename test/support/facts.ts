import { analyzers } from '../../analyzers/index.ts';
import { factsOf } from '../../src/cli/facts.ts';

/** What renderers are told of analyzers: of a few, so that golden files change only where one of these does. */
export const facts = factsOf(analyzers.filter(({ id }) => ['pods', 'references', 'services'].includes(id)));
