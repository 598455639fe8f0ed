import type { Environment } from '../../core/environments.ts';
import { DaypassError } from '../../core/errors.ts';
import { runTaskAgain } from '../../core/grants/again.ts';
import { endSession, endSessions, listSessions, requireUser } from '../../core/people/sessions.ts';
import type { Caller } from '../../core/ports.ts';
import { listApps } from '../../core/records/apps.ts';
import { readForm } from '../../core/records/form.ts';
import { openView } from '../../core/records/list.ts';
import { addRecord, type OperationAnswer, readRecord, runOperation } from '../../core/records/operation.ts';
import { nameReferences } from '../../core/records/references.ts';
import { readHistory, readTaskRuns } from '../../core/records/trace.ts';
import { callService } from '../../core/services/call.ts';
import {
  type ApiResponse,
  defined,
  type Handlers,
  json,
  noContent,
  versioned,
} from '../shared/http/request.ts';
import type { RUNTIME_ROUTES } from '../shared/routes/runtime.ts';
import type { Wiring } from '../shared/wiring.ts';

type RuntimeRoute = (typeof RUNTIME_ROUTES)[number];

const PARAMETER = 'param.';

/** The routes of the runtime plane: each asks one use case and sets its answer. */
export function runtimeHandlers(wiring: Wiring): Handlers<RuntimeRoute> {
  const open = ({ caller, params }: { caller: Caller; params: { environment: Environment } }) =>
    wiring.session(caller, params.environment);

  return {
    async listApps(request) {
      return json(200, { apps: listApps(await open(request)) });
    },

    async addRecord(request) {
      const { app, recordType, environment } = request.params;
      const answer = await addRecord(await open(request), {
        app,
        recordType,
        ...request.body,
        ...key(request),
      });
      return answered(201, answer, { location: `/${environment}/records/${answer.recordId}` });
    },

    async openView(request) {
      const { limit, cursor, ...rest } = request.query;
      const { app, recordType, view } = request.params;
      const params = readParameters(rest as Record<string, string>);
      const session = await open(request);
      // Whoever walks a list by the API has the cursors of the pages before.
      const { previous: _, ...page } = await openView(session, {
        app,
        recordType,
        view,
        params,
        limit,
        ...(cursor && { cursor }),
      });
      return json(200, { ...page, records: await nameReferences(session, page.records) });
    },

    async readForm(request) {
      const { app, recordType, operation } = request.params;
      const { record } = request.query;
      return json(
        200,
        await readForm(await open(request), {
          app,
          recordType,
          operation,
          ...(record && { recordId: record }),
        }),
      );
    },

    async readRecord(request) {
      return versioned(200, await readRecord(await open(request), request.params.record));
    },

    async runOperation(request) {
      const { record, operation } = request.params;
      const answer = await runOperation(await open(request), {
        recordId: record,
        operation,
        values: request.body.values,
        ...(request.body.confirm && { confirm: request.body.confirm }),
        ...(request.ifMatch !== undefined && { expectedVersion: request.ifMatch }),
        ...key(request),
      });
      return answered(200, answer);
    },

    async callService(request) {
      const { ifMatch: expectedVersion } = request;
      const answer = await callService(await open(request), {
        service: request.params.service,
        ...defined(request.body),
        ...(expectedVersion !== undefined && { expectedVersion }),
        ...key(request),
      });
      return json(200, answer, answer.record && { etag: `"${answer.record.version}"` });
    },

    async readHistory(request) {
      const { limit, cursor } = request.query;
      return json(
        200,
        await readHistory(await open(request), request.params.record, { limit, ...(cursor && { cursor }) }),
      );
    },

    async runTaskAgain(request) {
      const session = await open(request);
      await runTaskAgain(session, request.params.record);
      return json(202, { taskRuns: await readTaskRuns(session, request.params.record) });
    },

    async readTaskRuns(request) {
      return json(200, { taskRuns: await readTaskRuns(await open(request), request.params.record) });
    },

    async listSessions({ caller }) {
      return json(200, { sessions: await listSessions(await wiring.runtime(), caller) });
    },

    async endSession({ caller, params }) {
      await endSession(await wiring.runtime(), caller, params.session);
      return noContent();
    },

    async endSessions({ caller }) {
      requireUser(caller);
      await endSessions(await wiring.runtime(), caller.principalId);
      return noContent();
    },

    async readMe({ caller }) {
      const { type, name, firstName, lastName, email, roles, principalId, credential } = caller;
      return json(200, {
        type,
        ...(type !== 'anonymous' && { id: principalId, name, firstName, lastName, email, roles }),
        ...(credential && { expiresAt: new Date(credential.expiresAt).toISOString() }),
      });
    },
  };
}

/** A view's parameters by their ids. @throws DaypassError REQUEST_INVALID for any other name */
function readParameters(query: Record<string, string>): Record<string, string> {
  const strangers = Object.keys(query).filter((name) => !name.startsWith(PARAMETER));
  if (strangers.length > 0) {
    throw new DaypassError(
      'REQUEST_INVALID',
      undefined,
      strangers.map((name) => ({ path: `/${name}`, message: 'is not a parameter of this address' })),
    );
  }
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name.slice(PARAMETER.length), value]),
  );
}

function key({ idempotencyKey }: { idempotencyKey: string | undefined }) {
  return idempotencyKey ? { idempotencyKey } : {};
}

/** The record as it is now; where the caller may not see it (any more), what was done. */
function answered(
  status: number,
  answer: OperationAnswer,
  headers: Record<string, string> = {},
): ApiResponse {
  if (answer.deleted) return noContent();
  const { operation, record, recordId, warnings } = answer;
  const warned = warnings && { warnings };
  if (record) return versioned(status, { ...record, ...warned }, headers);
  return json(status, { operation, recordId, ...warned }, headers);
}
