import { AbilityBuilder, createMongoAbility, type MongoAbility, subject } from '@casl/ability';
import { permittedFieldsOf } from '@casl/ability/extra';
import type { Engine } from './engine.ts';
import {
  type Action,
  ASSOCIATE_FIELDS,
  CONTACT_FIELDS,
  type DeskRecord,
  FIELDS,
  type Kind,
  needsView,
  type Person,
  SOLUTION_FIELDS,
} from './workload.ts';

const KINDS: readonly Kind[] = ['customer', 'solution', 'case'];

/** The help desk's rules as CASL writes them. */
export function rulesFor(person: Person) {
  const { can, rules } = new AbilityBuilder<MongoAbility>(createMongoAbility);
  const { id } = person;
  switch (person.group) {
    case 'admin':
      can('manage', 'all');
      break;
    case 'guest':
      for (const kind of KINDS) can('view', kind);
      break;
    case 'user':
      for (const kind of KINDS) can(['view', 'add', 'edit', 'delete'], kind);
      break;
    case 'supportStaff':
      can(['view', 'add', 'edit', 'delete', 'export', 'sendEmail'], 'customer');
      can(['view', 'add'], 'solution');
      can('edit', 'solution', { owner: id });
      can('view', 'case');
      can('edit', 'case', ASSOCIATE_FIELDS);
      break;
    case 'customer':
      can('view', 'customer', { userAccount: id });
      can('edit', 'customer', CONTACT_FIELDS, { userAccount: id });
      can('view', 'solution', SOLUTION_FIELDS, { status: 'Reviewed' });
      can(['view', 'edit'], 'case', { reportedByUser: id });
      can('add', 'case', { reportedByUser: id, reportedByAccount: id, status: 'New' });
      break;
  }
  return rules;
}

/** CASL reads attributes from the object itself; the type is set once, as its documentation advises. */
const objects = new Map<DeskRecord, object>();
function objectOf(record: DeskRecord): object {
  let object = objects.get(record);
  if (!object) {
    object = subject(record.kind, { ...record.values, reportedByAccount: record.reportedByAccount });
    objects.set(record, object);
  }
  return object;
}

const OPTIONS = {
  customer: { fieldsFrom: (rule: { fields?: string[] | undefined }) => rule.fields ?? [...FIELDS.customer] },
  solution: { fieldsFrom: (rule: { fields?: string[] | undefined }) => rule.fields ?? [...FIELDS.solution] },
  case: { fieldsFrom: (rule: { fields?: string[] | undefined }) => rule.fields ?? [...FIELDS.case] },
};

function pick(values: Readonly<Record<string, string>>, fields: readonly string[]): object {
  const copy: Record<string, string | undefined> = {};
  for (const name of fields) if (name in values) copy[name] = values[name];
  return copy;
}

function fieldsOf(ability: MongoAbility, action: Action, kind: Kind, object: object): string[] {
  return permittedFieldsOf(ability, action, object as never, OPTIONS[kind]);
}

function permits(ability: MongoAbility, action: Action, object: object): boolean {
  return ability.can(action, object as never) && (!needsView(action) || ability.can('view', object as never));
}

function engine(name: string, abilityOf: (person: Person) => MongoAbility, sample: number): Engine {
  return {
    name,
    sample,
    answer({ person, action, record }) {
      const object = objectOf(record);
      const ability = abilityOf(person);
      const decision = permits(ability, action, object);
      return { decision, fields: decision ? fieldsOf(ability, action, record.kind, object) : [] };
    },
    decisions(questions) {
      const asked = questions.map(({ person, action, record }) => ({
        person,
        action,
        object: objectOf(record),
      }));
      return () => {
        let granted = 0;
        for (const { person, action, object } of asked)
          if (permits(abilityOf(person), action, object)) granted++;
        return granted;
      };
    },
    fieldSets(questions) {
      const asked = questions.map(({ person, action, record }) => ({
        person,
        action,
        kind: record.kind,
        object: objectOf(record),
      }));
      return () => {
        let fields = 0;
        for (const { person, action, kind, object } of asked) {
          const ability = abilityOf(person);
          if (permits(ability, action, object)) fields += fieldsOf(ability, action, kind, object).length;
        }
        return fields;
      };
    },
    list(person, records) {
      const all = records.map((record) => [record, objectOf(record)] as const);
      return () => {
        const ability = abilityOf(person);
        const list: object[] = [];
        for (const [record, object] of all) {
          if (!ability.can('view', object as never)) continue;
          const fields = fieldsOf(ability, 'view', record.kind, object);
          list.push(pick(record.values, fields));
        }
        return list;
      };
    },
  };
}

const build = (person: Person): MongoAbility => createMongoAbility(rulesFor(person));

export function caslCached(): Engine {
  const abilities = new Map<Person, MongoAbility>();
  return engine(
    'CASL, cached ability',
    (person) => {
      let ability = abilities.get(person);
      if (!ability) {
        ability = build(person);
        abilities.set(person, ability);
      }
      return ability;
    },
    4096,
  );
}

export function caslPerRequest(): Engine {
  return engine('CASL, ability per request', build, 2048);
}
