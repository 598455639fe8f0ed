import { decideFor } from '../access.ts';
import type { Service } from '../apps/definition.ts';
import type { LinkedApp, LinkedRecordType } from '../apps/published.ts';
import { worksFor } from '../apps/robots.ts';
import { cursorsOf } from '../cursors.ts';
import { DaypassError, type Problem } from '../errors.ts';
import { robotCaller } from '../grants/robot.ts';
import { openView } from '../records/list.ts';
import { addRecord, findRecord, type OperationAnswer, runOperation } from '../records/operation.ts';
import type { RecordAnswer, Values } from '../records/record.ts';
import { nameReferences } from '../records/references.ts';
import type { Session } from '../runtime.ts';

export interface ServiceRequest {
  service: string;
  /** The record to act on; for operations that do not add one. */
  record?: string;
  values?: Values;
  /** A view's parameters, as text. */
  parameters?: Record<string, string>;
  limit?: number;
  cursor?: string;
  /** From `If-Match`. */
  expectedVersion?: number;
  idempotencyKey?: string;
}

/** A record as far as the service says. */
export interface ServiceRecord {
  id: string;
  version: number;
  state: string;
  values: Values;
  names: Readonly<Record<string, string>>;
}

/** A service that reads answers records; one that runs an operation answers the record, unless it was deleted. */
export interface ServiceAnswer {
  service: string;
  records?: ServiceRecord[];
  cursor?: string;
  record?: ServiceRecord;
  deleted?: boolean;
}

/**
 * Calls a service. Whoever may call it needs no other right: its app's robot does the work, and its definition says
 * how far that goes. The journal names the caller and the service.
 * @throws DaypassError NOT_FOUND for whoever may not call it, REQUEST_INVALID; ROBOT_MISSING, ROBOT_REFUSED where its robot
 * does not exist or does not work for the app; else as the operation or view
 */
export async function callService(session: Session, request: ServiceRequest): Promise<ServiceAnswer> {
  const { service, app, type } = findService(session, request.service);
  const robot = await session.runtime.store.readPrincipal(app.definition.robot ?? '');
  if (robot?.type !== 'robot')
    throw new DaypassError('ROBOT_MISSING', `the app ${app.id} has no robot any more`);
  if (!worksFor(robot, app.id))
    throw new DaypassError('ROBOT_REFUSED', `its robot does not run services of the app ${app.id}`);
  const asRobot: Session = {
    ...session,
    caller: robotCaller(robot),
    service: { id: service.id, calledBy: session.caller },
  };
  if (service.view !== undefined)
    return readFor(asRobot, session, { service, type, view: service.view }, request);
  return runFor(asRobot, session, { service, type, operation: service.operation ?? '' }, request);
}

/** Not there, not the caller's, or a name that two apps have: the same to the outside. */
function findService(
  session: Session,
  id: string,
): { service: Service; app: LinkedApp; type: LinkedRecordType } {
  const [found, ...others] = [...session.published.site.apps.values()].flatMap((app) =>
    (app.definition.services ?? []).flatMap((service) => {
      const type = app.recordTypes.get(service.recordType);
      return service.id === id && type ? [{ service, app, type }] : [];
    }),
  );
  const { decision } = decideFor(session, 'call', { type: 'service', id });
  if (!found || others.length > 0 || !decision) throw new DaypassError('NOT_FOUND');
  return found;
}

async function readFor(
  asRobot: Session,
  { caller, runtime }: Session,
  { service, type, view }: { service: Service; type: LinkedRecordType; view: string },
  request: ServiceRequest,
): Promise<ServiceAnswer> {
  refuse(request, ['record', 'values'], 'this service reads a view, and takes its parameters');
  // Beyond the robot's own binding: a cursor leads on for who got it.
  const cursors = cursorsOf(['service', service.id, caller.principalId], runtime);
  const cursor = cursors.open(request.cursor);
  const page = await openView(asRobot, {
    app: type.app.id,
    recordType: type.id,
    view,
    params: request.parameters ?? {},
    limit: request.limit ?? 25,
    ...(cursor !== undefined && { cursor }),
  });
  return {
    service: service.id,
    records: (await nameReferences(asRobot, page.records)).map((record) => shown(record, record.values)),
    ...cursors.sealed(page.cursor),
  };
}

async function runFor(
  asRobot: Session,
  { caller }: Session,
  { service, type, operation }: { service: Service; type: LinkedRecordType; operation: string },
  request: ServiceRequest,
): Promise<ServiceAnswer> {
  const adds = type.operations.get(operation)?.definition.kind === 'add';
  const others = ['parameters', 'limit', 'cursor', ...(adds ? (['record'] as const) : [])] as const;
  refuse(request, others, adds ? 'this service adds a record' : 'this service runs an operation');
  const values = request.values ?? {};
  requireTaken(service, values);
  const common = {
    operation,
    values,
    // The robot's requests are one caller's to the table: a key counts for the service and for who called it.
    ...(request.idempotencyKey && {
      idempotencyKey: `${service.id} ${caller.principalId} ${request.idempotencyKey}`,
    }),
  };
  if (adds)
    return answer(service, await addRecord(asRobot, { app: type.app.id, recordType: type.id, ...common }));
  const recordId = request.record;
  if (recordId === undefined) throw invalid([{ path: '/record', message: 'name the record to act on' }]);
  const found = await findRecord(asRobot, recordId);
  // The robot may reach further than this service does.
  if (found.type !== type) throw new DaypassError('NOT_FOUND');
  const { expectedVersion } = request;
  const run = { recordId, ...common, ...(expectedVersion !== undefined && { expectedVersion }) };
  return answer(service, await runOperation(asRobot, run));
}

function answer(service: Service, { record, deleted }: OperationAnswer): ServiceAnswer {
  if (deleted || !record) return { service: service.id, deleted };
  const returned = new Set(service.returns);
  const values = Object.fromEntries(Object.entries(record.values).filter(([field]) => returned.has(field)));
  return { service: service.id, record: shown(record, values) };
}

/** A record with these values, and names for the ids among them and no others. */
function shown({ id, version, state, names }: RecordAnswer, values: Values): ServiceRecord {
  const ids = new Set(Object.values(values));
  return {
    id,
    version,
    state,
    values,
    names: Object.fromEntries(Object.entries(names).filter(([named]) => ids.has(named))),
  };
}

function requireTaken({ fields }: Service, values: Values): void {
  const problems = Object.keys(values)
    .filter((field) => fields && !fields.includes(field))
    .map((field) => ({ path: `/values/${field}`, message: 'is not a field that this service takes' }));
  if (problems.length > 0) throw new DaypassError('VALUES_INVALID', undefined, problems);
}

function refuse(request: ServiceRequest, parts: readonly (keyof ServiceRequest)[], message: string): void {
  const sent = parts.filter((part) => request[part] !== undefined);
  if (sent.length > 0)
    throw invalid(sent.map((part) => ({ path: `/${part}`, message: `leave it out: ${message}` })));
}

const invalid = (problems: Problem[]) => new DaypassError('REQUEST_INVALID', undefined, problems);
