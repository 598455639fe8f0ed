import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import { addWorkOrder, arrive, finished, WORK_ORDERS, workOrder } from '../../support/property-management.ts';
import { plantCredential } from '../../support/site-runtime.ts';

export interface Units {
  route: string;
  read: number;
  write: number;
  /** Of the read units, what resolving the caller took: the authorizer's Query and the manifest. */
  resolve: number;
}

/** Read and write units of the routes that matter, from the engine's own ConsumedCapacity. */
export async function measureUnits(system: System, dispatcher: Visitor): Promise<Units[]> {
  const results: Units[] = [];
  const email = 'units@contractor.example';
  const order = await addWorkOrder(dispatcher, workOrder({ name: 'Units', email }));
  const { visitor, pass } = await arrive(system, email);
  // The first use of a pass is noted; after that one write in a quarter of an hour.
  await visitor.get(`/production/records/${order.id}`, pass);
  await system.settled();

  const measure = async (route: string, request: () => Promise<unknown>) => {
    await system.settled();
    system.dynamodb.reset();
    await request();
    const used = system.dynamodb
      .reads()
      .filter(({ caller }) => !/outbox|robot|housekeeping|test/.test(caller));
    const sum = (select: (entry: (typeof used)[number]) => number) =>
      used.reduce((total, entry) => total + select(entry), 0);
    const manifest = system.dynamodb
      .calls()
      .filter(({ keys }) => keys?.some((key) => key.includes('MANIFEST#')))
      .reduce((total, { readUnits = 0 }) => total + readUnits, 0);
    const authorizer = used
      .filter(({ caller }) => caller.includes('authorizer'))
      .reduce((total, { readUnits }) => total + readUnits, 0);
    results.push({
      route,
      read: sum(({ readUnits }) => readUnits),
      write: sum(({ writeUnits }) => writeUnits),
      resolve: authorizer + manifest,
    });
  };

  const record = `/production/records/${order.id}`;
  await measure('GET /{environment}/apps (resolve a caller)', () => dispatcher.get('/production/apps'));
  await measure('GET /{environment}/records/{record}, staff', () => dispatcher.get(record));
  await measure('GET /{environment}/records/{record}, pass', () => visitor.get(record, pass));
  await measure('GET …/views/my-work-orders, pass', () =>
    visitor.get(`${WORK_ORDERS}/views/my-work-orders`, pass),
  );
  await measure('POST …/records (add, with contractor)', () =>
    addWorkOrder(dispatcher, workOrder({ name: 'Other', email: 'other-units@contractor.example' })),
  );
  await measure('POST …/operations/complete, pass', () =>
    visitor.json('POST', `${record}/operations/complete`, {}, pass),
  );
  await measure('GET /{environment}/records/{record}, ended pass', () => visitor.get(record, pass));
  await finished(system, order.id);
  return results;
}

/**
 * Read units to resolve each kind of caller: the authorizer's Query and the manifest. A robot is resolved inside of its
 * workflow, and comes by no request.
 */
export async function measureCallers(system: System, dispatcher: Visitor): Promise<Record<string, number>> {
  const email = 'callers@contractor.example';
  await addWorkOrder(dispatcher, workOrder({ name: 'Callers', email }));
  const contractor = await arrive(system, email);
  const { token } = await plantCredential(system, {
    type: 'serviceAccount',
    kind: 'apiKey',
    roles: ['dispatcher'],
    environment: 'production',
  });
  const kinds: [kind: string, visitor: Visitor, headers: Record<string, string>][] = [
    ['anonymous', new Visitor(system.url), {}],
    ['user', dispatcher, {}],
    ['token user', contractor.visitor, contractor.pass],
    ['service account', new Visitor(system.url), { authorization: `Bearer ${token}` }],
  ];
  const units: Record<string, number> = {};
  for (const [kind, visitor, headers] of kinds) {
    // The first use of a credential is noted, and a function may be new: what every later request takes is measured.
    await visitor.get('/production/apps', headers);
    await system.settled();
    system.dynamodb.reset();
    await visitor.get('/production/apps', headers);
    const calls = system.dynamodb.calls();
    units[kind] = calls
      .filter(
        ({ caller, keys }) => caller.includes('authorizer') || keys?.some((key) => key.includes('MANIFEST#')),
      )
      .reduce((total, { readUnits = 0 }) => total + readUnits, 0);
  }
  return units;
}

/** Units of one whole lifecycle, all functions together. */
export async function measureLifecycle(system: System, dispatcher: Visitor) {
  await system.settled();
  system.dynamodb.reset();
  const email = 'whole@contractor.example';
  const order = await addWorkOrder(dispatcher, workOrder({ name: 'Whole', email }));
  const { visitor, pass, home } = await arrive(system, email);
  await visitor.get(home);
  await visitor.json('POST', `/production/records/${order.id}/operations/complete`, {}, pass);
  const { name } = await finished(system, order.id);
  await system.settled();
  const used = system.dynamodb.reads().filter(({ caller }) => caller !== 'test');
  return {
    read: used.reduce((total, { readUnits }) => total + readUnits, 0),
    write: used.reduce((total, { writeUnits }) => total + writeUnits, 0),
    states: (await system.executions.path(name)).length,
    requests: system.calls().filter(({ service }) => service === 'lambda').length,
  };
}
