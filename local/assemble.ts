import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type CloudAssembly, readCloudAssembly } from './assembly/cloud-assembly.ts';
import { createResolver, type Resolver } from './assembly/intrinsics.ts';
import { LocalSystemError } from './assembly/problem.ts';
import { resolveResources } from './assembly/resources.ts';
import { synthesise } from './assembly/synthesise.ts';
import { createCallLog } from './aws-endpoint/call-log.ts';
import { createCallers } from './aws-endpoint/callers.ts';
import { createDynamodbProxy } from './aws-endpoint/dynamodb.ts';
import { createAwsEndpoint } from './aws-endpoint/endpoint.ts';
import { createEventBridge } from './aws-endpoint/event-bridge.ts';
import { createFaults } from './aws-endpoint/faults.ts';
import { createSecretsManager } from './aws-endpoint/secrets-manager.ts';
import { createSes } from './aws-endpoint/ses.ts';
import { createQueues } from './aws-endpoint/sqs.ts';
import { createStepFunctions } from './aws-endpoint/step-functions.ts';
import { createClock } from './clock.ts';
import { startDashboard } from './dashboard/dashboard.ts';
import { startDynamodbProcess } from './dynamodb/dynamodb-process.ts';
import { findJava } from './dynamodb/java.ts';
import { createTableAccess } from './dynamodb/table-access.ts';
import { createTables } from './dynamodb/tables.ts';
import { type BusEvent, createEventBus } from './events/bus.ts';
import { startSchedules } from './events/schedules.ts';
import { createTargets, type TargetOptions } from './events/targets.ts';
import { createExecutions } from './executions.ts';
import { createAsynchronousInvoker } from './functions/asynchronous.ts';
import { readFunctions } from './functions/function-definition.ts';
import { createFunctions } from './functions/functions.ts';
import { createLogBook } from './functions/log-book.ts';
import { readApi } from './http-front/api-definition.ts';
import { createFront } from './http-front/front.ts';
import { readInvokePermissions } from './iam/resource-policies.ts';
import { readRoles, withholdActions } from './iam/roles.ts';
import { createMachineInvoker } from './machine-invoker.ts';
import { readMachines } from './machines.ts';
import { startMailbox } from './mailbox/mailbox.ts';
import { createSesEvents } from './mailbox/ses-events.ts';
import { checkFree, FREE_PORTS, HOST, listen } from './ports.ts';
import { createStateMachines } from './stepfunctions/engine.ts';
import { readStreamMappings } from './streams/stream-mapping.ts';
import { startStreams } from './streams/streams.ts';
import type { SystemOptions } from './system.ts';

/** The project's folder, and what its templates are made of. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['bin', 'core', 'lambdas', 'lib', 'statemachines', 'config', 'cdk.json', 'package-lock.json'];

/**
 * Builds the system out of its parts and starts them, those side by side that do not need one another.
 * `onStop` takes what must be undone, to be called in the opposite order.
 */
export async function assemble(options: SystemOptions, onStop: (cleanUp: () => unknown) => void) {
  const { ports = FREE_PORTS, onProgress = () => {} } = options;
  const timed = async <T>(step: string, work: Promise<T>): Promise<T> => {
    const since = performance.now();
    const result = await work;
    onProgress(step, performance.now() - since);
    return result;
  };
  // What would stop the start is found out before anybody waits for the templates.
  await checkFree(ports);
  if (!options.dynamodbEndpoint) await findJava();
  const since = performance.now();
  const { assembly, made } = await freshAssembly(options.cdkOut, () =>
    onProgress('Making the templates from the code'),
  );
  onProgress(
    made ? 'Templates are made (cdk.out)' : 'Templates are fresh (cdk.out)',
    performance.now() - since,
  );
  const logs = createLogBook(options.logDirectory);
  onStop(() => logs.flushed());
  const report = (line: string) => {
    logs.write('local', line);
    options.onReport?.(line);
  };
  const clock = createClock();
  onStop(() => clock.stop());
  const calls = createCallLog();
  const faults = createFaults();
  const callers = createCallers();

  // The slow starters first: nothing below waits for them until it needs them.
  const database = options.dynamodbEndpoint
    ? Promise.resolve({ endpoint: options.dynamodbEndpoint, stop: async () => {} })
    : timed('Table is up (DynamoDB Local)', startDynamodbProcess(ports.dynamodb));
  const postbox = timed('Mailbox is up', startMailbox(ports.mailbox, clock));
  for (const part of [database, postbox]) {
    part.catch(() => {});
    onStop(() => part.then((running) => running.stop()).catch(() => {}));
  }

  const front = createFront();
  onStop(() => closeServer(front.server));
  const frontPort = await listen(front.server, ports.front, 'the API and the pages');
  const url = `http://localhost:${frontPort}`;
  const resolver = createResolver({ stacks: assembly.stacks, apiUrl: url });
  const resourcesOf = resolveResources(assembly, resolver);
  const place = { account: assembly.stacks[0]?.account ?? '', region: assembly.stacks[0]?.region ?? '' };

  const roles = readRoles(resourcesOf);
  withholdActions([...roles.values()], options.denyActions ?? []);
  const checkInvoke = readInvokePermissions(resourcesOf);
  const queues = createQueues(resourcesOf, clock.now);
  const sendToQueue = (arn: string, body: string) => void queues.send(arn, body);
  const api = readApi(resourcesOf);
  const cloudUrl = api && `https://${api.id}.execute-api.${api.region}.amazonaws.com`;
  const localise = (text: string) => (cloudUrl ? text.replaceAll(cloudUrl, url) : text);
  const definitions = readFunctions(resourcesOf, assembly.assets, roles, localise);
  const machineDefinitions = readMachines(resourcesOf, assembly.assets);

  const services: Parameters<typeof createAwsEndpoint>[0]['services'] = {};
  let tablesReady = () => {};
  const ready = new Promise<void>((resolve) => {
    tablesReady = resolve;
  });
  const endpoint = createAwsEndpoint({ clock, callers, faults, calls, services, ready, report });
  onStop(() => closeServer(endpoint));
  const awsPort = await listen(endpoint, ports.aws, 'the AWS endpoint');
  const awsEndpoint = `http://${HOST}:${awsPort}`;

  const functions = createFunctions({
    definitions,
    clock,
    callers,
    awsEndpoint,
    faults,
    calls,
    log: logs.write,
  });
  onStop(() => functions.stop());
  const warm = timed('Functions are loaded', functions.warm());
  warm.catch(() => {});

  const invoker = createAsynchronousInvoker({ clock, functions, sendToQueue, report });
  const targetOptions: TargetOptions = {
    invoker,
    roles,
    checkInvoke,
    sendToQueue,
    startExecution: (stateMachineArn, input) =>
      void machines
        .handle('StartExecution', { stateMachineArn, input })
        .catch((e: Error) => report(e.message)),
    report,
  };
  const deliver = createTargets(targetOptions);
  const bus = createEventBus(resourcesOf, deliver);
  const machines = createStateMachines({
    clock,
    machines: machineDefinitions,
    invokeLambda: createMachineInvoker(functions, roles),
    onStatusChange: (event) => bus.put(event as BusEvent),
  });
  onStop(() => machines.stopAll());
  const sesEvents = createSesEvents(resourcesOf, place, clock.now, bus.put);

  const [{ endpoint: dynamodbEndpoint }, mailbox] = await Promise.all([database, postbox]);
  const tables = await timed('Tables are made', createTables(dynamodbEndpoint, resourcesOf));
  const streams = startStreams(readStreamMappings(resourcesOf, tables, functions.find), dynamodbEndpoint, {
    clock,
    functions,
    sendToQueue,
    report,
  });
  onStop(() => streams.stop());
  const secrets = createSecretsManager(resourcesOf, clock.now);
  Object.assign(services, {
    dynamodb: createDynamodbProxy({ endpoint: dynamodbEndpoint, tables, onWrite: streams.wake }),
    events: createEventBridge(place, bus.put),
    secretsmanager: secrets,
    ses: createSes({ resourcesOf, ...place, deliver: mailbox.deliver, sent: sesEvents.sent }),
    sqs: queues,
    states: createStepFunctions(
      machines,
      machineDefinitions.map(({ arn }) => arn),
    ),
  });
  tablesReady();
  await warm;

  // What only waits for a function that never answers goes on when the clock moves.
  for (const idle of [functions.idle, invoker.idle, streams.idle])
    clock.addIdleCheck(() => idle() || functions.stalled());
  const schedules = startSchedules(resourcesOf, { ...targetOptions, clock, deliver });
  onStop(() => schedules.stop());
  const executions = createExecutions(machineDefinitions, machines.handle);
  const keys = callers.register({ name: 'test' });
  const tableAccess = await createTableAccess({
    endpoint: awsEndpoint,
    region: place.region,
    keys,
    tables,
    log: calls,
    now: clock.now,
  });
  onStop(() => tableAccess.client.destroy());
  if (api) {
    front.serve({
      api,
      clock,
      functions,
      checkInvoke,
      report,
      logAccess: (line) => logs.write('access', line),
    });
  }
  const addresses = { url, mailboxUrl: mailbox.url, awsEndpointUrl: awsEndpoint };
  const dashboard = await startDashboard(ports.dashboard, { addresses, executions, mailbox, logs, clock });
  onStop(() => closeServer(dashboard.server));

  return {
    addresses: { ...addresses, dashboardUrl: dashboard.url },
    outputs: outputsOf(assembly, resolver),
    keys,
    calls,
    clock,
    executions,
    faults,
    functions,
    logs,
    mailbox,
    queues,
    schedules,
    secrets,
    sesEvents,
    tableAccess,
    putEvent: (event: Pick<BusEvent, 'source' | 'detail-type' | 'detail'>) =>
      bus.put({
        version: '0',
        id: randomUUID(),
        ...place,
        time: new Date(clock.now()).toISOString().replace(/\.\d+/, ''),
        resources: [],
        ...event,
      }),
  };
}

/** The app of this project is synthesised first unless its templates are fresh; a given one is taken as it is. */
async function freshAssembly(
  cdkOut: string | undefined,
  onWork: () => void,
): Promise<{ assembly: CloudAssembly; made: boolean }> {
  if (cdkOut) return { assembly: readCloudAssembly(cdkOut), made: false };
  const made = await synthesise({
    root: ROOT,
    app: 'bin/daypass.ts',
    directory: 'cdk.out',
    sources: SOURCES,
    onWork,
  });
  return { assembly: readCloudAssembly(`${ROOT}cdk.out`), made };
}

function outputsOf({ stacks }: CloudAssembly, resolver: Resolver): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const stack of stacks) {
    for (const [id, { Value, Export }] of Object.entries(stack.outputs)) {
      if (Export) continue;
      outputs[id] = String(resolver.resolve(stack, Value, `${stack.name}/Outputs/${id}`));
    }
  }
  return outputs;
}

function closeServer(server: import('node:http').Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => {
    server.close((error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'ERR_SERVER_NOT_RUNNING') {
        reject(new LocalSystemError(error.message));
      } else resolve();
    });
  });
}
