import { listApps } from '../../../core/records/apps.ts';
import { RepairSite } from '../../fixtures/repairs.ts';

const house = {
  id: 'house',
  name: 'House',
  plural: 'Houses',
  operations: [{ id: 'add', name: 'Add House' }],
  views: [{ id: 'houses', name: 'Houses', parameters: [] }],
};
const all = { id: 'all', name: 'All', parameters: [] };
const mine = { id: 'mine', name: 'Mine', parameters: [] };

describe('the apps that somebody is shown', () => {
  it('name what they can add and which lists they can open, with the parameters that these ask for', () => {
    expect(listApps(new RepairSite().as('ann'))).toEqual([
      {
        id: 'repairs',
        name: 'Repairs',
        recordTypes: [
          house,
          {
            id: 'job',
            name: 'Job',
            plural: 'Jobs',
            operations: [{ id: 'add', name: 'Add Job' }],
            views: [
              all,
              {
                id: 'of-kind',
                name: 'Of a kind',
                parameters: [
                  { id: 'kind', label: 'kind' },
                  { id: 'most', label: 'At most' },
                ],
              },
              mine,
            ],
          },
        ],
      },
    ]);
  });

  it('leave out lists, record types and apps that they cannot reach', () => {
    const site = new RepairSite((app) => {
      app.description = 'What has to be mended';
    });
    expect(listApps(site.as('bob'))).toEqual([
      {
        id: 'repairs',
        name: 'Repairs',
        description: 'What has to be mended',
        recordTypes: [{ id: 'job', name: 'Job', plural: 'Jobs', operations: [], views: [all, mine] }],
      },
    ]);
    expect(listApps(site.as('dan'))).toEqual([]);
  });
});
