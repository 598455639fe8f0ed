import { requireValidApp } from '../../../core/apps/check.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { LinkedSite, LinkedView } from '../../../core/apps/published.ts';
import { projectedFields } from '../../../core/lists/layout.ts';
import { rebuildNeeds } from '../../../core/lists/rebuild-needs.ts';
import { exampleApp, exampleApps, exampleNames } from '../../fixtures/property-management.ts';

const [tokens] = exampleApps();

/** The worked example with more views of work orders, and more fields. */
function siteWith(views: string[], fields: object[] = [], columns = ['number']): LinkedSite {
  if (!tokens) throw new Error('The worked example has no tokens app.');
  const app = exampleApp('work-orders');
  const [type] = app.recordTypes;
  type?.views.push(...views.map((id) => ({ id, name: id, columns }) as never));
  type?.fields.push(...(fields as never[]));
  return linkDefinitions([tokens, requireValidApp(app, exampleNames([tokens.definition]))]);
}

const viewOf = (site: LinkedSite, view: string) =>
  site.recordType('work-orders', 'work-order')?.views.get(view) as LinkedView;

const TYPE = 'work-orders/work-order';

it('an index that still waits for its rebuild goes on waiting when another view is published', () => {
  const [none, one, two] = [siteWith([]), siteWith(['one']), siteWith(['one', 'two'])];
  const first = rebuildNeeds({ before: none, after: one, version: 2, pending: {} });
  const second = rebuildNeeds({ before: one, after: two, version: 3, pending: first.needs });
  const waiting = ['one', 'two'].map((view) => `${view}/${viewOf(two, view).index.id}`);

  expect(first.needs[TYPE]).toEqual({ since: 2, indexes: waiting.slice(0, 1) });
  expect(second.needs[TYPE]).toEqual({ since: 3, indexes: waiting });
  const rebuilt = rebuildNeeds({ before: one, after: two, version: 3, pending: {} });
  expect(rebuilt.needs[TYPE]).toEqual({ since: 3, indexes: waiting.slice(1) });
});

it('a list holds what says whether a column is shown, though that is no column itself', () => {
  const site = siteWith(
    ['short'],
    [
      { id: 'secrecy', label: 'Secrecy', type: 'string' },
      { id: 'hint', label: 'Hint', type: 'string', visibleIf: 'record.secrecy == "none"' },
    ],
    ['hint'],
  );
  const type = site.recordType('work-orders', 'work-order');
  if (!type) throw new Error('There are no work orders.');

  expect([...projectedFields(type, viewOf(site, 'short'))]).toEqual(
    expect.arrayContaining(['hint', 'secrecy']),
  );
});
