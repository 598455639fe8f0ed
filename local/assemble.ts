import { freshAssembly } from './assembly/fresh-assembly.ts';
import { OPERATOR_KEY } from './aws-endpoint/callers.ts';
import { createCloudFormation } from './aws-endpoint/cloudformation.ts';
import { createDynamodbProxy } from './aws-endpoint/dynamodb.ts';
import { createAwsEndpoint, type EndpointServices } from './aws-endpoint/endpoint.ts';
import { createEventBridge } from './aws-endpoint/event-bridge.ts';
import { createLambda } from './aws-endpoint/lambda.ts';
import { createSecretsManager } from './aws-endpoint/secrets-manager.ts';
import { createSes } from './aws-endpoint/ses.ts';
import { createQueues } from './aws-endpoint/sqs.ts';
import { createStepFunctions } from './aws-endpoint/step-functions.ts';
import { startDashboard } from './dashboard/dashboard.ts';
import { startDynamodbProcess } from './dynamodb/dynamodb-process.ts';
import { findJava } from './dynamodb/java.ts';
import { createTableAccess } from './dynamodb/table-access.ts';
import { createTables } from './dynamodb/tables.ts';
import { wireEvents } from './events/wiring.ts';
import { createExecutions } from './executions.ts';
import { createFunctions } from './functions/functions.ts';
import { createFront } from './http-front/front.ts';
import { startMailbox } from './mailbox/mailbox.ts';
import { createSesEvents } from './mailbox/ses-events.ts';
import { checkPorts, closeServer, FREE_PORTS, HOST, listen } from './ports.ts';
import { createPeople } from './site/people.ts';
import { describeRunsOf } from './site/runs.ts';
import { createSite } from './site/site.ts';
import { readStreamMappings } from './streams/stream-mapping.ts';
import { startStreams } from './streams/streams.ts';
import type { SystemOptions } from './system-options.ts';
import { readTemplate } from './template.ts';
import { createWorkbench, type OnStop } from './workbench.ts';

/** Builds the system out of its parts and starts them, those side by side that do not need one another. */
export async function assemble(options: SystemOptions, onStop: OnStop) {
  const { ports = FREE_PORTS, onProgress = () => {} } = options;
  // What would stop the start is found out before anybody waits for the templates.
  if (!options.dynamodb) await findJava();
  await checkPorts(ports);
  const assembly = await freshAssembly(options.cdkOut, onProgress);
  const workbench = createWorkbench(options, onStop);
  const { calls, callers, clock, faults, logs, report, timed } = workbench;

  // The API's address stands in functions' environments, so its server listens before there is anything to serve.
  const front = createFront();
  onStop(() => closeServer(front.server));
  const url = `http://localhost:${await listen(front.server, ports.front, 'the API and the pages')}`;
  const template = readTemplate(assembly, url, options.denyActions ?? []);
  const { api, checkInvoke, place, resourcesOf } = template;

  // The slow starters: nothing below waits for them until it needs them.
  const database = options.dynamodb
    ? Promise.resolve({ ...options.dynamodb, stop: async () => {} })
    : timed('Table is up (DynamoDB Local)', startDynamodbProcess(ports.dynamodb));
  const postbox = timed('Mailbox is up', startMailbox(clock));
  for (const part of [database, postbox]) {
    part.catch(() => {});
    onStop(() => part.then((running) => running.stop()).catch(() => {}));
  }

  // Functions make calls while they load, before everything that they call is there: the endpoint lets them wait.
  const services: EndpointServices = {};
  const { promise: ready, resolve: beReady } = Promise.withResolvers<void>();
  const endpoint = createAwsEndpoint({ clock, callers, faults, calls, services, ready, report });
  onStop(() => closeServer(endpoint));
  const awsEndpointUrl = `http://${HOST}:${await listen(endpoint, ports.aws, 'the AWS endpoint')}`;

  const functions = createFunctions({
    definitions: template.functions,
    clock,
    callers,
    awsEndpoint: awsEndpointUrl,
    faults,
    calls,
    log: logs.write,
  });
  onStop(() => functions.stop());
  const warm = options.warm ? timed('Functions are loaded', functions.warm()) : Promise.resolve();
  warm.catch(() => {});

  const queues = createQueues(resourcesOf, clock.now);
  const sendToQueue = (arn: string, body: string) => void queues.send(arn, body);
  const events = wireEvents(template, workbench, functions, sendToQueue);
  const sesEvents = createSesEvents(resourcesOf, place, clock.now, events.bus.put);
  const secrets = createSecretsManager(resourcesOf, clock.now);

  const [dynamodb, mailbox] = await Promise.all([database, postbox]);
  const tables = await timed('Tables are made', createTables(dynamodb, resourcesOf));
  const mappings = readStreamMappings(resourcesOf, tables, functions.find);
  const streams = startStreams(mappings, dynamodb, { clock, functions, sendToQueue, report });
  onStop(() => streams.stop());
  const machineArns = template.machines.map(({ arn }) => arn);
  Object.assign(services, {
    cloudformation: createCloudFormation(template.stacks, clock.now()),
    dynamodb: createDynamodbProxy({ at: dynamodb, tables, onWrite: streams.wake }),
    lambda: createLambda(functions),
    events: createEventBridge(place, events.bus.put),
    secretsmanager: secrets,
    ses: createSes({ resourcesOf, ...place, deliver: mailbox.deliver, sent: sesEvents.sent }),
    sqs: queues,
    states: createStepFunctions(events.machines, machineArns),
  });
  beReady();
  await warm;

  clock.addIdleCheck(functions.idle);
  clock.addIdleCheck(streams.idle);
  const schedules = events.startSchedules();
  const executions = createExecutions(template.machines, events.machines.handle);
  const keys = callers.register({ name: 'test' });
  callers.register({ name: 'operator' }, OPERATOR_KEY);
  const tableAccess = await createTableAccess({
    endpoint: awsEndpointUrl,
    region: place.region,
    keys,
    tables,
    log: calls,
    now: clock.now,
    onStop,
  });
  const logAccess = (line: string) => logs.write('access', line);
  if (api) front.serve({ api, clock, functions, checkInvoke, report, logAccess });

  const addresses = { url, awsEndpointUrl };
  const { client, tableName } = tableAccess;
  const site = createSite({ url, outputs: template.outputs, client, tableName, secrets, clock });
  const dashboard = await startDashboard(ports.dashboard, {
    addresses,
    executions,
    machines: template.machines,
    mailbox,
    logs,
    clock,
    site: site && { people: createPeople(site, mailbox), describeRun: describeRunsOf(site) },
  });
  onStop(() => closeServer(dashboard.server));

  return {
    addresses: { ...addresses, dashboardUrl: dashboard.url, mailboxUrl: `${dashboard.url}/mails` },
    outputs: template.outputs,
    keys,
    calls,
    clock,
    executions,
    faults,
    functions,
    logs,
    mailbox,
    putEvent: events.putEvent,
    queues,
    schedules,
    secrets,
    sesEvents,
    tableAccess,
  };
}
