import type { AppDefinition, Permission } from '../../core/apps/definition.ts';
import { ifMatch, type Plan, type Scene, type Try } from './attempt.ts';
import { holderOf } from './holders.ts';
import { hasRight, rightsOf } from './reach.ts';
import { APPS, FIELDS, OPERATIONS, RUNNING } from './site.ts';

type Draft = AppDefinition & { permissions: Permission[] };

const EVERYTHING = { recordType: 'thing', operations: OPERATIONS, views: ['all', 'mine'] };

/** Ways to change a draft so that somebody holds more, or others less. */
const DRAFTS: Record<string, (draft: Draft, scene: Scene, app: string) => void> = {
  'permits everything to oneself': (draft, { trier }) => {
    draft.permissions.push({ subject: trier.id, ...EVERYTHING } as Permission);
  },
  'permits everything to one of one’s roles': (draft, { stored, trier }) => {
    const [role] = stored.principals.get(trier.id)?.roles.filter((id) => stored.roles.has(id)) ?? [];
    if (role) draft.permissions.push({ role, ...EVERYTHING } as Permission);
  },
  'permits everything to everybody': (draft) => {
    draft.permissions.push({ role: 'AuthenticatedUser', ...EVERYTHING } as Permission);
  },
  'takes conditions and denials away': (draft) => {
    draft.permissions = draft.permissions
      .filter(({ effect }) => effect !== 'deny')
      .map(({ when: _, fields: __, ...rest }) => rest as Permission);
  },
  'takes permissions from others': (draft) => {
    draft.permissions = draft.permissions.filter(({ role }) => role === 'machine');
  },
  'borrows the robot of another app': (draft, _scene, app) => {
    draft.robot = `${APPS.find((other) => other !== app)}-robot`;
  },
  'adds a service that does everything': (draft, _scene, app) => {
    draft.services = [
      ...(draft.services ?? []),
      { id: `edit-${app}`, name: 'Edit', recordType: 'thing', operation: 'edit', returns: FIELDS },
    ];
  },
  'lets an operation write more': (draft) => {
    for (const operation of draft.recordTypes[0]?.operations ?? [])
      if (operation.id === 'hand') operation.fields = [...FIELDS];
  },
  'makes one operation another': (draft) => {
    for (const operation of draft.recordTypes[0]?.operations ?? []) {
      if (operation.id !== 'hand') continue;
      operation.kind = 'delete';
      for (const part of ['from', 'to', 'fields'] as const) delete operation[part];
    }
  },
  'offers an operation in more states': (draft) => {
    for (const operation of draft.recordTypes[0]?.operations ?? [])
      if (operation.id === 'shut') operation.from = ['Open', 'Shut'];
  },
  'says something else about the app': (draft) => {
    draft.description = `${draft.description ?? ''}!`;
  },
};

/** Requests at the design plane of apps: drafts, publishing, indexes. */
export function* designAttempts({ world, stored, trier }: Scene): Generator<Plan> {
  const rights = rightsOf(stored, holderOf(stored, trier));
  const may = (right: string) => hasRight(rights, right);
  for (const kind of ['records', 'tokens', 'users']) {
    const body = { id: `fresh-${kind}`, name: `Fresh ${kind}`, kind };
    yield { tries: [() => ({ route: 'createApp', body })], near: may('design:app:*:create') };
  }
  for (const app of APPS) {
    const designs = ['edit', 'changePermissions'].some((right) => may(`design:app:${app}:${right}`));
    const publishes = RUNNING.some((environment) => may(`publish:${app}:${environment}`));
    for (const [aim, change] of Object.entries(DRAFTS)) {
      const target = world.dice.pick([...RUNNING, ...RUNNING, ...RUNNING, 'development'] as const);
      yield {
        tries: [
          saveDraft(app, aim, change),
          () => ({ route: 'publish', values: { target }, body: { apps: [app] }, aim }),
        ],
        near: designs,
      };
    }
    for (const target of RUNNING) {
      const publish: Try = () => ({ route: 'publish', values: { target }, body: { apps: [app, 'passes'] } });
      yield { tries: [publish], near: publishes };
      yield {
        tries: [
          () => ({ route: 'rebuildIndexes', values: { target }, body: { app, recordType: 'thing' } }),
          () => ({ route: 'listsRun', values: { target, app, recordType: 'thing' }, body: {} }),
        ],
        near: false,
      };
    }
  }
}

function saveDraft(app: string, aim: string, change: (typeof DRAFTS)[string]): Try {
  return (scene) => {
    const draft = scene.stored.drafts.get(app);
    if (!draft) return undefined;
    const body = structuredClone(draft.definition);
    change(body, scene, app);
    return { route: 'saveDraft', values: { app }, body, headers: ifMatch(draft.version), aim };
  };
}
