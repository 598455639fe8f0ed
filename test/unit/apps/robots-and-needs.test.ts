import { type AppDefinition, appSchema } from '../../../core/apps/definition.ts';
import { namedApps, withDependencies } from '../../../core/apps/dependencies.ts';
import { newApp } from '../../../core/apps/ready-form.ts';
import { hasWork, refusedWork, worksFor } from '../../../core/apps/robots.ts';
import { deskApp, deskNames, field, type Loose } from '../../fixtures/desk.ts';

const desk = (change: (app: Loose) => void = () => {}): AppDefinition => {
  const app = deskApp();
  change(app);
  return appSchema.parse(app);
};

describe('a robot', () => {
  it('has work in an app with a task or a service, and with neither none', () => {
    const works = [
      desk(),
      desk((app) => Object.assign(app, { tasks: [] })),
      desk((app) => delete app.services),
      desk((app) => Object.assign(app, { tasks: [], services: [] })),
      desk((app) => {
        app.tasks = [];
        delete app.services;
      }),
    ];
    expect(works.map(hasWork)).toEqual([true, true, true, false, false]);
  });

  it.each<{ who: string; principal: Parameters<typeof worksFor>[0]; works: boolean }>([
    { who: 'a robot that names the app', principal: { type: 'robot', apps: ['other', 'desk'] }, works: true },
    { who: 'a robot that names another', principal: { type: 'robot', apps: ['other'] }, works: false },
    { who: 'a robot that names none', principal: { type: 'robot' }, works: false },
    { who: 'a user who names it', principal: { type: 'user', apps: ['desk'] }, works: false },
    {
      who: 'a service account that names it',
      principal: { type: 'serviceAccount', apps: ['desk'] },
      works: false,
    },
  ])('works for an app: $who: $works', ({ principal, works }) => {
    expect(worksFor(principal, 'desk')).toBe(works);
  });

  it('is refused where it does not name an app that has work for it, and nowhere else', () => {
    const robots = (apps: string[]) =>
      new Map([
        ['clerk-robot', apps],
        ['other-robot', ['desk']],
      ]);
    expect(refusedWork(desk(), robots(['assets']))).toEqual([
      {
        path: '/desk/robot',
        message:
          'the robot "clerk-robot" does not run tasks or services of "desk": name another robot, or ask who administers robots to add this app to it',
      },
    ]);
    expect(refusedWork(desk(), robots(['assets', 'desk']))).toEqual([]);
    expect(
      refusedWork(
        desk((app) => Object.assign(app, { tasks: [], services: [] })),
        robots([]),
      ),
    ).toEqual([]);
    expect(
      refusedWork(
        desk((app) => delete app.robot),
        robots([]),
      ),
    ).toEqual([]);
    expect(
      refusedWork(
        desk((app) => Object.assign(app, { robot: 'gone' })),
        robots([]),
      ),
    ).toEqual([]);
  });
});

describe('the apps that an app needs', () => {
  it('are those that it refers to, finds records in and acts on; each once, without itself', () => {
    expect(namedApps(desk())).toEqual(['passes']);
    const wide = desk((app) => {
      app.recordTypes[0].fields.push({
        id: 'asset',
        label: 'A',
        type: 'reference',
        target: { app: 'yards' },
      });
      field(app, 'room').target = { app: 'assets' };
      app.tasks[1].actions[0].source.app = 'badges';
      app.tasks[1].actions.push({
        ...app.tasks[0].actions[0],
        target: { app: 'cards', recordType: 'a', operation: 'b' },
      });
    });
    expect(namedApps(wide)).toEqual(['assets', 'badges', 'cards', 'passes', 'yards']);
  });

  it('come with all that those need, each once, also in a circle', () => {
    const named = (id: string, ...targets: string[]): AppDefinition => {
      const app = newApp({ id, name: id, kind: 'records' });
      for (const [at, target] of targets.entries())
        app.recordTypes[0]?.fields.push({
          id: `f${at}`,
          label: 'F',
          type: 'reference',
          target: { app: target },
        });
      return app;
    };
    const apps = [
      named('a', 'b', 'c'),
      named('b', 'd'),
      named('c', 'd'),
      named('d', 'a'),
      named('e', 'gone'),
    ];
    const all = new Map(apps.map((app) => [app.id, app]));

    expect(withDependencies(['a'], all)).toEqual(['a', 'b', 'd', 'c']);
    expect(withDependencies(['e', 'd', 'e'], all)).toEqual(['e', 'd', 'a', 'b', 'c']);
    expect(withDependencies(['nowhere'], all)).toEqual([]);
    expect(withDependencies(['desk'], new Map([...deskNames().apps, ['desk', desk()]]))).toEqual([
      'desk',
      'passes',
      'badges',
    ]);
  });
});
