import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { principalIdOf } from '../../bin/site-files/apply-person.ts';
import { applySite } from '../../bin/site-files/apply-site.ts';
import type { Environment } from '../../core/environments.ts';
import type { Credential } from '../../core/principals.ts';
import type { Runtime } from '../../core/runtime.ts';
import { randomId } from '../../core/tokens/base62.ts';
import { signPurpose } from '../../core/tokens/signed.ts';
import { createDefinitions, type Definitions } from '../../lambdas/shared/table/definitions.ts';
import { siteIdOf } from '../../local/seed.ts';
import type { System } from '../../local/system.ts';
import { Visitor } from '../../local/visitor.ts';
import { signedToken, siteRuntime } from '../support/site-runtime.ts';
import { wholeTable } from '../support/witness.ts';
import { type Dice, diceOf } from './dice.ts';
import type { Actor } from './holders.ts';
import type { Canary } from './judge-answers.ts';
import { APPS, type DrawnSite, drawSite, OPERATIONS, PLANTER, RUNNING } from './site.ts';

/** Somebody who can send requests. */
export interface Trier extends Actor {
  name: string;
  visitor: Visitor;
  headers: Record<string, string>;
  formToken: string;
}

/** A drawn site that runs: who is there, and what must not be seen by everybody. */
export interface World {
  system: System;
  drawn: DrawnSite;
  dice: Dice;
  canaries: Map<string, Canary>;
  triers: Trier[];
  /** Ids of accounts by their names in the files. */
  ids: Record<string, string>;
}

/** Empties the system's table and lays another site into it. */
export async function plantWorld(system: System, seed: number): Promise<World> {
  await wipe(system);
  const runtime = await siteRuntime(system);
  const siteId = siteIdOf(system);
  const drawn = drawSite(seed, (person) => principalIdOf(siteId, person));
  const definitions = createDefinitions(system.dynamodb.client, system.dynamodb.tableName());
  for (const environment of RUNNING) {
    await applySite(structuredClone({ site: drawn.site, apps: drawn.apps }), environment, {
      definitions,
      store: runtime.store,
      siteId,
      now: system.clock.now(),
      by: 'the drawn site',
    });
  }
  await plantDrafts(drawn, definitions, principalIdOf(siteId, { id: PLANTER, kind: 'user' }));
  const ids = Object.fromEntries(
    drawn.site.people.map((person) => [person.id, principalIdOf(siteId, person)]),
  );
  const dice = diceOf(seed + 500_000);
  const world: World = { system, drawn, dice, canaries: new Map(), triers: [], ids };
  for (const [id, mark] of Object.entries(drawn.secrets.emails))
    world.canaries.set(mark, { kind: 'email', principal: ids[id] as string });
  for (const [app, mark] of Object.entries(drawn.secrets.drafts))
    world.canaries.set(mark, { kind: 'draft', app });
  for (const [role, mark] of Object.entries(drawn.secrets.roles))
    world.canaries.set(mark, { kind: 'role', role });
  for (const id of drawn.users) world.triers.push(await signedIn(world, runtime, id));
  for (const id of drawn.serviceAccounts)
    world.triers.push(await keyed(world, runtime, id, dice.pick(RUNNING)));
  world.triers.push({
    id: 'anonymous',
    type: 'anonymous',
    name: 'anonymous',
    visitor: new Visitor(system.url),
    headers: {},
    formToken: '',
  });
  await plantRecords(world, await signedIn(world, runtime, PLANTER));
  return world;
}

/** What somebody with every right has drafted and nobody has published: it widens what some role may do. */
async function plantDrafts({ seed, apps }: DrawnSite, definitions: Definitions, by: string): Promise<void> {
  const dice = diceOf(seed + 250_000);
  for (const app of dice.some(APPS, 0.4)) {
    const draft = await definitions.readDraft(app);
    const before = apps.find(({ id }) => id === app);
    if (!draft || !before) continue;
    const everything = { recordType: 'thing', operations: OPERATIONS, views: ['all', 'mine'] };
    const whom = dice.pick(before.permissions.flatMap(({ role }) => role ?? []));
    const definition = structuredClone(before);
    definition.permissions.push({ role: whom, ...everything });
    await definitions.saveDraft({ ...draft, definition, version: draft.version + 1, updatedBy: by }, app);
  }
}

async function wipe(system: System): Promise<void> {
  const TableName = system.dynamodb.tableName();
  const items = await wholeTable(system);
  const deletions = items.map(({ PK, SK }) => ({ DeleteRequest: { Key: { PK, SK } } }));
  for (let at = 0; at < deletions.length; at += 25) {
    const RequestItems = { [TableName]: deletions.slice(at, at + 25) };
    await system.dynamodb.client.send(new BatchWriteCommand({ RequestItems }));
  }
}

async function signedIn({ system, ids }: World, runtime: Runtime, name: string): Promise<Trier> {
  const id = ids[name] as string;
  const visitor = new Visitor(system.url);
  visitor.setCookie('dp_session', await credentialOf(system, runtime, { kind: 'session', principalId: id }));
  const formToken = signPurpose('form', '', id, runtime);
  return { id, type: 'user', name, visitor, headers: {}, formToken };
}

async function keyed(
  { system, ids, drawn, dice }: World,
  runtime: Runtime,
  name: string,
  environment: Environment,
): Promise<Trier> {
  const id = ids[name] as string;
  // As keys are made, with the roles that their account holds then; and as older ones were.
  const held = drawn.site.people.find((person) => person.id === name)?.roles ?? [];
  const carried = dice.chance(0.6) ? held : undefined;
  const token = await credentialOf(system, runtime, {
    kind: 'apiKey',
    name: 'Key',
    principalId: id,
    environment,
    ...(carried && { roles: carried }),
  });
  const headers = { authorization: `Bearer ${token}` };
  return {
    id,
    type: 'serviceAccount',
    name,
    environment,
    ...(carried && { carried }),
    visitor: new Visitor(system.url),
    headers,
    formToken: '',
  };
}

async function credentialOf(
  { clock }: System,
  runtime: Runtime,
  given: Pick<Credential, 'kind' | 'principalId' | 'name' | 'environment'> & { roles?: readonly string[] },
): Promise<string> {
  const credential: Credential = {
    ...given,
    id: randomId(),
    keyId: runtime.keyring.active,
    createdAt: new Date(clock.now()).toISOString(),
    expiresAt: clock.now() + 3_600_000,
  };
  await runtime.store.commit([{ kind: 'addCredential', credential }]);
  const { environment, kind, principalId } = given;
  const parts = { kind, principalId, credentialId: credential.id, ...(environment && { environment }) };
  return signedToken(runtime, parts);
}

/** Records whose every field holds something that no other field of the site holds, and so has one that was edited. */
async function plantRecords({ dice, drawn, ids, canaries }: World, planter: Trier): Promise<void> {
  const people = drawn.users;
  for (const environment of RUNNING) {
    for (const app of APPS) {
      for (let count = 0; count < 3; count++) {
        const values = () => ({
          title: dice.mark(),
          amount: Number(
            `${dice.pick([312, 641, 4123, 7318])}.${String(100_000 + Math.floor(dice.next() * 900_000))}`,
          ),
          notes: dice.mark(),
          secret: dice.mark(),
        });
        const owner = ids[dice.pick(people)];
        const first = { ...values(), owner };
        const path = `/${environment}/apps/${app}/record-types/thing/records`;
        const added = await planter.visitor.json('POST', path, { operation: 'add', values: first });
        const { id } = added.json as { id?: string };
        if (added.status !== 201 || !id) throw new Error(`planting answered ${added.status}: ${added.text}`);
        remember(canaries, id, first);
        if (count > 0) continue;
        const second = values();
        const edit = `/${environment}/records/${id}/operations/edit`;
        const edited = await planter.visitor.json('POST', edit, { values: second });
        if (edited.status !== 200) throw new Error(`planting answered ${edited.status}: ${edited.text}`);
        remember(canaries, id, second);
      }
    }
  }
}

function remember(canaries: World['canaries'], record: string, values: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(values))
    if (field !== 'owner') canaries.set(String(value), { kind: 'field', record, field });
}
