import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import type { Engine } from './engine.ts';
import {
  type Action,
  type Answer,
  ASSOCIATE_FIELDS,
  CONTACT_FIELDS,
  type DeskRecord,
  needsView,
  type Person,
  SOLUTION_FIELDS,
} from './workload.ts';

const MODEL = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = who, kind, act, when, fields
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub.group == p.who && r.obj.kind == p.kind && r.act == p.act && eval(p.when)
`;

const EVERY = ['view', 'add', 'edit', 'delete', 'export', 'sendEmail'];

function lines(): string {
  const all: string[] = [];
  const add = (
    who: string,
    kind: string,
    actions: string[],
    when = 'true',
    fields: readonly string[] = ['*'],
  ) => {
    for (const action of actions) all.push(`p, ${who}, ${kind}, ${action}, ${when}, ${fields.join('|')}`);
  };
  for (const kind of ['customer', 'solution', 'case']) {
    add('admin', kind, EVERY);
    add('user', kind, ['view', 'add', 'edit', 'delete']);
    add('guest', kind, ['view']);
  }
  add('supportStaff', 'customer', EVERY);
  add('supportStaff', 'solution', ['view', 'add']);
  add('supportStaff', 'solution', ['edit'], 'r.obj.owner == r.sub.id');
  add('supportStaff', 'case', ['view']);
  add('supportStaff', 'case', ['edit'], 'true', ASSOCIATE_FIELDS);
  add('customer', 'customer', ['view'], 'r.obj.userAccount == r.sub.id');
  add('customer', 'customer', ['edit'], 'r.obj.userAccount == r.sub.id', CONTACT_FIELDS);
  add('customer', 'solution', ['view'], 'r.obj.status == "Reviewed"', SOLUTION_FIELDS);
  add('customer', 'case', ['view', 'edit'], 'r.obj.reportedByUser == r.sub.id');
  add(
    'customer',
    'case',
    ['add'],
    'r.obj.reportedByUser == r.sub.id && r.obj.reportedByAccount == r.sub.id && r.obj.status == "New"',
  );
  return all.map((line) => line.replaceAll('"', "'")).join('\n');
}

const objects = new Map<DeskRecord, object>();
function objectOf(record: DeskRecord): object {
  let object = objects.get(record);
  if (!object) {
    object = { ...record.values, kind: record.kind, reportedByAccount: record.reportedByAccount };
    objects.set(record, object);
  }
  return object;
}

export async function casbin(): Promise<Engine> {
  const enforcer = await newEnforcer(newModelFromString(MODEL), new StringAdapter(lines()));
  const may = (person: Person, action: Action, object: object): boolean =>
    enforcer.enforceSync(person, object, action) &&
    (!needsView(action) || enforcer.enforceSync(person, object, 'view'));
  const ask = (person: Person, action: Action, object: object): Answer => {
    const [granted, policy] = enforcer.enforceExSync(person, object, action);
    const decision = granted && (!needsView(action) || enforcer.enforceSync(person, object, 'view'));
    const fields = policy[4];
    return { decision, fields: !decision ? [] : fields === '*' ? '*' : (fields?.split('|') ?? []) };
  };
  return {
    name: 'casbin',
    sample: 64,
    answer: ({ person, action, record }) => ask(person, action, objectOf(record)),
    decisions: (questions) => () => {
      let granted = 0;
      for (const { person, action, record } of questions) {
        if (may(person, action, objectOf(record))) granted++;
      }
      return granted;
    },
    fieldSets: (questions) => () => {
      let fields = 0;
      for (const { person, action, record } of questions)
        fields += ask(person, action, objectOf(record)).fields.length;
      return fields;
    },
    list(person, records) {
      const all = records.map((record) => [record, objectOf(record)] as const);
      return () =>
        all.flatMap(([record, object]) => {
          const { decision, fields } = ask(person, 'view', object);
          if (!decision) return [];
          const shown = Object.entries(record.values).filter(
            ([name]) => fields === '*' || fields.includes(name),
          );
          return [Object.fromEntries(shown)];
        });
    },
  };
}
