import type { Engine } from './engine.ts';
import {
  type Answer,
  ASSOCIATE_FIELDS,
  CONTACT_FIELDS,
  type DeskRecord,
  type Person,
  type Question,
  SOLUTION_FIELDS,
} from './workload.ts';

const ALL: Answer = { decision: true, fields: '*' };
const NO: Answer = { decision: false, fields: [] };
const CONTACT: Answer = { decision: true, fields: CONTACT_FIELDS };
const SOLUTION: Answer = { decision: true, fields: SOLUTION_FIELDS };
const ASSOCIATE: Answer = { decision: true, fields: ASSOCIATE_FIELDS };

/** The help desk's rules written out by hand for this one policy: what a compiler could reach at best. */
function answer(person: Person, action: string, record: DeskRecord): Answer {
  const { values } = record;
  switch (person.group) {
    case 'admin':
      return ALL;
    case 'guest':
      return action === 'view' ? ALL : NO;
    case 'user':
      return action === 'view' || action === 'add' || action === 'edit' || action === 'delete' ? ALL : NO;
    case 'supportStaff':
      if (record.kind === 'customer') return ALL;
      if (action === 'view') return ALL;
      if (record.kind === 'case') return action === 'edit' ? ASSOCIATE : NO;
      return action === 'add' || (action === 'edit' && values.owner === person.id) ? ALL : NO;
    case 'customer':
      switch (record.kind) {
        case 'customer':
          if (values.userAccount !== person.id) return NO;
          return action === 'view' ? ALL : action === 'edit' ? CONTACT : NO;
        case 'solution':
          return action === 'view' && values.status === 'Reviewed' ? SOLUTION : NO;
        case 'case':
          if (values.reportedByUser !== person.id) return NO;
          if (action === 'view' || action === 'edit') return ALL;
          return action === 'add' && record.reportedByAccount === person.id && values.status === 'New'
            ? ALL
            : NO;
      }
  }
}

function masked(values: Readonly<Record<string, string>>, { fields }: Answer): object {
  if (fields === '*') return { ...values };
  const copy: Record<string, string | undefined> = {};
  for (const name of fields) if (name in values) copy[name] = values[name];
  return copy;
}

export function floor(): Engine {
  return {
    name: 'hand-written function',
    sample: 4096,
    answer: ({ person, action, record }: Question) => answer(person, action, record),
    decisions: (questions) => () => {
      let granted = 0;
      for (const { person, action, record } of questions)
        if (answer(person, action, record).decision) granted++;
      return granted;
    },
    fieldSets: (questions) => () => {
      let fields = 0;
      for (const { person, action, record } of questions)
        fields += answer(person, action, record).fields.length;
      return fields;
    },
    list: (person, records) => () => {
      const list: object[] = [];
      for (const record of records) {
        const found = answer(person, 'view', record);
        if (found.decision) list.push(masked(record.values, found));
      }
      return list;
    },
  };
}
