import { decideView } from '../../../core/access.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { CheckedApp, LinkedRecordType, LinkedView } from '../../../core/apps/published.ts';
import { compareKeys, sortText } from '../../../core/lists/key-text.ts';
import { buildPolicy } from '../../../core/policy/build.ts';
import { checkRules } from '../../../core/policy/check.ts';
import { appFacts } from '../../../core/policy/facts.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { appPermissionRules } from '../../../core/policy/sources/app-permissions.ts';
import { signInRules } from '../../../core/policy/sources/sign-in.ts';
import type { RuleDraft } from '../../../core/policy/types.ts';
import type { Caller } from '../../../core/ports.ts';
import { indexChanges, indexKeys, indexRecord } from '../../../core/records/index-entries.ts';
import { mayOpen, openView } from '../../../core/records/list.ts';
import type { StoredRecord, Values } from '../../../core/records/record.ts';
import { readValue, recordScope } from '../../../core/records/scope.ts';
import type { Published, Runtime, Session } from '../../../core/runtime.ts';
import type { Store } from '../../../core/store.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { ROLES, START } from './random-site.ts';

const keyring = readKeyring(JSON.stringify({ active: '0001', '0001': 'a key for cursors '.repeat(4) }));

export interface Site {
  app: CheckedApp;
  rules: RuleDraft[];
}

/** What the use cases of lists need, over a table. */
export function publish({ app, rules }: Site): Published {
  const roles = ROLES.map((id) => ({ id, name: id, environments: ['production' as const] }));
  const facts = { apps: appFacts([app.definition]), roles: ROLES };
  const all = [...signInRules(roles), ...appPermissionRules(app.definition, app.expressions), ...rules];
  return {
    environment: 'production',
    site: linkDefinitions([app]),
    policy: loadPolicy(buildPolicy({ ...facts, rules: checkRules(all, facts) })),
    settings: { name: 'Lists', contact: '', roles },
  };
}

/** One list as one person opens it. */
export class ListDesk {
  readonly session: Session;
  readonly type: LinkedRecordType;
  readonly view: LinkedView;
  readonly store: Store;
  readonly params: Record<string, string>;

  constructor(store: Store, published: Published, who: { id: string; roles: string[] }, params: Values) {
    const caller: Caller = {
      outcome: 'ok',
      principalId: who.id,
      type: 'user',
      name: who.id,
      roles: who.roles,
      profiles: [],
      channel: 'browser',
    };
    const runtime = {
      siteId: 'site',
      siteUrl: 'https://lists.example',
      keyring,
      store,
    } as unknown as Runtime;
    this.session = { runtime, published, caller, now: START };
    this.type = published.site.recordType('desk', 'job') as LinkedRecordType;
    this.view = this.type.views.get('list') as LinkedView;
    this.store = store;
    this.params = params as Record<string, string>;
  }

  get mayOpen(): boolean {
    return mayOpen(this.session, this.view);
  }

  page(limit: number, at: { cursor?: string; before?: string } = {}) {
    const request = { app: 'desk', recordType: 'job', view: 'list', params: this.params, limit };
    return openView(this.session, { ...request, ...at });
  }

  /** What the list has to be: each record decided by itself, in the view's order. */
  expected(records: Iterable<StoredRecord>): string[] {
    const { filter } = this.view;
    const scope = { params: this.params };
    const { sort } = this.view.definition;
    const keyOf = (record: StoredRecord) =>
      `${sortText(readValue(record, sort?.field ?? 'createdAt'))}#${record.id}`;
    return [...records]
      .filter((record) => filter?.({ ...recordScope(this.session, record), ...scope }) ?? true)
      .filter((record) => decideView(this.session, this.type, record).decision)
      .sort((a, b) => compareKeys(keyOf(a), keyOf(b)) * (sort?.descending ? -1 : 1))
      .map(({ id }) => id);
  }

  async add(record: StoredRecord): Promise<StoredRecord> {
    const indexed = indexRecord(this.type, record);
    await this.store.commit([{ kind: 'addRecord', ...indexed }]);
    return indexed.record;
  }

  async change(before: StoredRecord, after: StoredRecord): Promise<StoredRecord> {
    const changes = indexChanges(this.type, before, { ...after, version: before.version + 1 });
    await this.store.commit([{ kind: 'updateRecord', ...changes }]);
    return changes.record;
  }

  async remove(record: StoredRecord): Promise<void> {
    const { layout: expectedLayout, version: expectedVersion } = record;
    const indexRemove = indexKeys(record);
    await this.store.commit([
      {
        kind: 'removeRecord',
        record,
        expectedVersion,
        ...(expectedLayout !== undefined && { expectedLayout }),
        indexRemove,
      },
    ]);
  }
}
