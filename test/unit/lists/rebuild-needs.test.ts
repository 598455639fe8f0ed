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

describe('what a publication has to rebuild', () => {
  const type = { app: 'work-orders', recordType: 'work-order' };
  const one = siteWith(['one']);
  const namesIn = (site: LinkedSite) =>
    [...(site.recordType(type.app, type.recordType)?.views.values() ?? [])].flatMap((view) =>
      [view.index.id, ...[...view.index.narrow.keys()].sort()].map((index) => `${view.id}/${index}`),
    );
  /** The site as it would be without work orders; without the app. */
  const without = (site: LinkedSite, whole = false): LinkedSite => ({
    ...site,
    apps: new Map(
      [...site.apps].flatMap(([id, app]) =>
        id !== type.app ? [[id, app]] : whole ? [] : [[id, { ...app, recordTypes: new Map() }]],
      ),
    ),
    recordType: (app, id) => (app === type.app ? undefined : site.recordType(app, id)),
  });

  it('is nothing where indexes stay, or there were no records of the type', () => {
    const pending = { [TYPE]: { since: 1, indexes: ['x'] } };
    expect(rebuildNeeds({ before: one, after: one, version: 2, pending })).toEqual({
      needs: pending,
      rebuilds: [],
    });
    const first = rebuildNeeds({ before: without(one, true), after: one, version: 2, pending: {} });
    expect(first).toEqual({ needs: {}, rebuilds: [] });
  });

  it('is only the items where no index lacks records: lists need not wait', () => {
    const wider = siteWith(['one'], [], ['number', 'building']);
    const pending = { [TYPE]: { since: 1, indexes: ['gone/index'] } };
    expect(rebuildNeeds({ before: one, after: wider, version: 2, pending })).toEqual({
      needs: {},
      rebuilds: [type],
    });
  });

  it('is all of a type that has left its app, once it is back', () => {
    const left = rebuildNeeds({ before: one, after: without(one), version: 2, pending: {} });
    expect(left).toEqual({ needs: { [TYPE]: { since: 2, indexes: ['*'] } }, rebuilds: [] });
    const back = rebuildNeeds({ before: without(one), after: one, version: 3, pending: left.needs });
    expect(back).toEqual({ needs: { [TYPE]: { since: 3, indexes: namesIn(one) } }, rebuilds: [type] });
    // One that is new to the app has no records yet.
    const added = rebuildNeeds({ before: without(one), after: one, version: 3, pending: {} });
    expect(added).toEqual({ needs: {}, rebuilds: [] });
  });
});
