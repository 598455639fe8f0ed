import type { AppSummary } from '../../../core/records/apps.ts';
import { AppsPage, EnvironmentsPage } from '../../../lambdas/portal/pages/apps.tsx';
import { outline } from './outline.ts';

describe('the page of apps', () => {
  const apps: AppSummary[] = [
    {
      id: 'orders',
      name: 'Orders',
      description: 'Work to be done',
      recordTypes: [
        {
          id: 'order',
          name: 'Order',
          plural: 'Work orders',
          operations: [
            { id: 'add', name: 'Add order' },
            { id: 'import', name: 'Import' },
          ],
          views: [
            { id: 'all', name: 'All', parameters: [] },
            { id: 'due & late', name: 'Due', parameters: [] },
          ],
        },
        {
          id: 'quote',
          name: 'Quote',
          plural: 'Quotes',
          operations: [],
          views: [{ id: 'all', name: 'All', parameters: [] }],
        },
      ],
    },
    {
      id: 'tokens',
      name: 'Tokens',
      recordTypes: [
        {
          id: 'contractor',
          name: 'C',
          plural: 'Contractors',
          operations: [{ id: 'add', name: 'Add contractor' }],
          views: [],
        },
      ],
    },
  ];

  it('leads to every list, to everything that can be added, and to the live passes', () => {
    expect(outline(<AppsPage apps={apps} base="/app/test" passes="/passes/test" />)).toEqual([
      'h1 Apps',
      'p [Live passes: who can get in now](/passes/test)',
      'section.app labelled “Orders”',
      'h2 Orders',
      'p Work to be done',
      'div.type',
      'ul.links aria-label=Work orders',
      'li [Work orders: All](/app/test/orders?type=order&view=all)',
      'li [Work orders: Due](/app/test/orders?type=order&view=due+%26+late)',
      'p.buttons [Add order](/app/test/orders/order/operations/add .button)[Import](/app/test/orders/order/operations/import .button)',
      'div.type',
      'ul.links aria-label=Quotes',
      'li [Quotes: All](/app/test/orders?type=quote&view=all)',
      'section.app labelled “Tokens”',
      'h2 Tokens',
      'div.type',
      'p.buttons [Add contractor](/app/test/tokens/contractor/operations/add .button)',
    ]);
  });

  it('says to whoever reaches nothing whom to ask', () => {
    expect(outline(<AppsPage apps={[]} base="/app/test" />)).toEqual([
      'h1 Apps',
      'p There is nothing here that you can open. Ask an administrator for a role in one of the apps.',
    ]);
  });
});

describe('the page of environments', () => {
  it('leads to each, and whoever manages the site to its administration', () => {
    expect(outline(<EnvironmentsPage environments={['test', 'production']} manages />)).toEqual([
      'h1 Where do you want to work?',
      'ul.links',
      'li [Test](/app/test)',
      'li [Production](/app/production)',
      'p.buttons [Administration](/manage .button.quiet)',
    ]);
    expect(outline(<EnvironmentsPage environments={['test']} manages={false} />)).toEqual([
      'h1 Where do you want to work?',
      'ul.links',
      'li [Test](/app/test)',
    ]);
    expect(outline(<EnvironmentsPage environments={[]} manages={false} />)).toEqual([
      'h1 Where do you want to work?',
      'p There is nothing here that you can open. Ask an administrator for a role in one of the apps.',
    ]);
  });
});
