import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { Engine } from './engine.ts';
import {
  type Action,
  type Answer,
  ASSOCIATE_FIELDS,
  CONTACT_FIELDS,
  type DeskRecord,
  needsView,
  type Person,
  type Question,
  SOLUTION_FIELDS,
} from './workload.ts';

type Policies = Record<string, { text: string; fields: '*' | readonly string[] }>;

/** The help desk's rules in Cedar; the fields go by the id of the deciding policy, which Cedar reports. */
function policies(): Policies {
  const all: Policies = {};
  const permit = (
    id: string,
    group: string,
    kind: string,
    actions: readonly string[],
    when = '',
    fields: '*' | readonly string[] = '*',
  ) => {
    const list = actions.map((action) => `Action::"${action}"`).join(', ');
    all[id] = {
      text: `permit(principal in Group::"${group}", action in [${list}], resource is ${kind})${when && ` when { ${when} }`};`,
      fields,
    };
  };
  const every = ['view', 'add', 'edit', 'delete', 'export', 'sendEmail'];
  for (const kind of ['customer', 'solution', 'case']) {
    permit(`admin-${kind}`, 'admin', kind, every);
    permit(`user-${kind}`, 'user', kind, ['view', 'add', 'edit', 'delete']);
    permit(`guest-${kind}`, 'guest', kind, ['view']);
  }
  permit('support-customer', 'supportStaff', 'customer', every);
  permit('support-solution', 'supportStaff', 'solution', ['view', 'add']);
  permit(
    'support-own-solution',
    'supportStaff',
    'solution',
    ['edit'],
    'resource has owner && resource.owner == principal.id',
  );
  permit('support-case', 'supportStaff', 'case', ['view']);
  permit('support-associate', 'supportStaff', 'case', ['edit'], '', ASSOCIATE_FIELDS);
  const own = 'resource has userAccount && resource.userAccount == principal.id';
  permit('customer-self', 'customer', 'customer', ['view'], own);
  permit('customer-contact', 'customer', 'customer', ['edit'], own, CONTACT_FIELDS);
  permit(
    'customer-solution',
    'customer',
    'solution',
    ['view'],
    'resource has status && resource.status == "Reviewed"',
    SOLUTION_FIELDS,
  );
  const reported = 'resource has reportedByUser && resource.reportedByUser == principal.id';
  permit('customer-case', 'customer', 'case', ['view', 'edit'], reported);
  permit(
    'customer-new-case',
    'customer',
    'case',
    ['add'],
    `${reported} && resource has reportedByAccount && resource.reportedByAccount == principal.id && resource has status && resource.status == "New"`,
  );
  return all;
}

export function cedar(): Engine {
  const rules = policies();
  const staticPolicies = Object.fromEntries(Object.entries(rules).map(([id, { text }]) => [id, text]));
  const load = () => {
    const answer = preparsePolicySet('help-desk', { staticPolicies });
    if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    return answer;
  };
  load();
  const ask = (call: ReturnType<typeof callOf>): Answer => {
    const answer = statefulIsAuthorized(call);
    if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    const { decision, diagnostics } = answer.response;
    if (decision === 'deny') return { decision: false, fields: [] };
    const sets = diagnostics.reason.map((id) => rules[id]?.fields ?? []);
    return { decision: true, fields: sets.includes('*') ? '*' : [...new Set(sets.flat())] };
  };
  const allows = (call: ReturnType<typeof callOf>): boolean => {
    const answer = statefulIsAuthorized(call);
    return answer.type === 'success' && answer.response.decision === 'allow';
  };
  return {
    name: 'Cedar (wasm), preparsed',
    sample: 32,
    answer(question) {
      const [own, view] = callsOf(question);
      return view && !allows(view) ? { decision: false, fields: [] } : ask(own);
    },
    decisions(questions) {
      const calls = questions.map(callsOf);
      return () => {
        let granted = 0;
        for (const [own, view] of calls) if (allows(own) && (!view || allows(view))) granted++;
        return granted;
      };
    },
    fieldSets(questions) {
      const calls = questions.map(callsOf);
      return () => {
        let fields = 0;
        for (const [own, view] of calls) if (!view || allows(view)) fields += ask(own).fields.length;
        return fields;
      };
    },
    list(person, records) {
      const all = records.map((record) => [record, callOf(person, 'view', record)] as const);
      return () =>
        all.flatMap(([record, call]) => {
          const { decision, fields } = ask(call);
          if (!decision) return [];
          const shown = Object.entries(record.values).filter(
            ([name]) => fields === '*' || fields.includes(name),
          );
          return [Object.fromEntries(shown)];
        });
    },
    load,
  };
}

/** The call of a question, and that whether the record may be viewed where it needs that. */
function callsOf({ person, action, record }: Question) {
  const own = callOf(person, action, record);
  return [own, needsView(action) ? callOf(person, 'view', record) : undefined] as const;
}

function callOf(person: Person, action: Action, record: DeskRecord) {
  const { values, kind, id, reportedByAccount } = record;
  const resource = { type: kind, id };
  const principal = { type: 'User', id: person.id };
  const attrs = { ...values, ...(reportedByAccount && { reportedByAccount }) };
  return {
    principal,
    action: { type: 'Action', id: action },
    resource,
    context: {},
    preparsedPolicySetId: 'help-desk',
    entities: [
      { uid: principal, attrs: { id: person.id }, parents: [{ type: 'Group', id: person.group }] },
      { uid: resource, attrs, parents: [] },
    ],
  };
}
