import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { indexRecord } from '../../core/records/index-entries.ts';
import type { StoredRecord } from '../../core/records/record.ts';
import { seedDefinitions } from '../../local/seed.ts';
import type { System } from '../../local/system.ts';
import { type Answer, Visitor } from '../../local/visitor.ts';
import { plantCredential, siteRuntime } from './site-runtime.ts';
import { startSystem } from './system.ts';

const FIXTURE = new URL('../fixtures/authzen/', import.meta.url);

/** One case of the certification scenario. */
export interface CertificationCase {
  id: string;
  title: string;
  endpoint: string;
  request: Record<string, unknown>;
  status: number;
  expect: {
    decision?: boolean;
    evaluations?: { decision?: boolean }[];
    results?: Record<string, string>[];
  };
}

export const CERTIFICATION = JSON.parse(
  readFileSync(new URL('certification.json', FIXTURE), 'utf8'),
) as CertificationCase[];

/** The running system with the fixture of the certification scenario. */
export async function startCertification(): Promise<System> {
  const system = await startSystem();
  try {
    await seedDefinitions(system, { folder: fileURLToPath(FIXTURE), environment: 'production' });
    const { store, published } = await siteRuntime(system);
    const at = new Date(system.clock.now()).toISOString();
    for (const [id, role] of [
      ['alice', 'editor'],
      ['bob', 'admin'],
    ] as const) {
      const email = `${id}@authzen.example`;
      const principal = {
        id,
        type: 'user',
        name: id,
        email,
        roles: [role],
        profiles: [],
        createdAt: at,
      } as const;
      await store.commit([
        { kind: 'addUser', principal: { ...principal, roles: [role], profiles: [] }, email },
      ]);
    }
    const type = (await published('production')).site.recordType('certification', 'record');
    if (!type) throw new Error('the fixture has no record type');
    for (const [id, status] of [
      ['record-1', 'active'],
      ['record-2', 'archived'],
    ] as const) {
      const record: StoredRecord = {
        id,
        environment: 'production',
        app: 'certification',
        recordType: 'record',
        definitionVersion: 1,
        version: 1,
        state: 'Open',
        values: { title: id, status },
        names: {},
        createdAt: at,
        createdBy: 'alice',
        updatedAt: at,
        updatedBy: 'alice',
        eventCount: 0,
        eventMac: '',
      };
      await store.commit([{ kind: 'addRecord', ...indexRecord(type, record) }]);
    }
    return system;
  } catch (error) {
    await system.stop();
    throw error;
  }
}

/** A system that enforces our decisions: it comes with an API key, and may do nothing but ask. */
export class EnforcementPoint {
  readonly #visitor: Visitor;
  readonly #token: string;

  constructor(system: System, token: string) {
    this.#visitor = new Visitor(system.url);
    this.#token = token;
  }

  static async withRoles(system: System, ...roles: string[]): Promise<EnforcementPoint> {
    const key = { type: 'serviceAccount', kind: 'apiKey', environment: 'production' } as const;
    return new EnforcementPoint(system, (await plantCredential(system, { ...key, roles })).token);
  }

  ask(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#visitor.json('POST', path, body, { authorization: `Bearer ${this.#token}`, ...headers });
  }

  /** The decision on one question. */
  async decides(subject: object, action: object, resource: object, context?: object): Promise<boolean> {
    const answer = await this.ask('/access/v1/evaluation', { subject, action, resource, context });
    if (answer.status !== 200) throw new Error(`The question was answered ${answer.status}: ${answer.text}`);
    return (answer.json as { decision: boolean }).decision;
  }

  send(method: string, path: string, request: { body?: string; headers?: Record<string, string> } = {}) {
    const headers = { authorization: `Bearer ${this.#token}`, ...request.headers };
    return this.#visitor.send(method, path, { ...request, headers });
  }
}
