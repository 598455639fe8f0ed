import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { authorise } from './authorise.ts';
import { type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import type { CallLog, RecordedCall } from './call-log.ts';
import type { Caller, Callers } from './callers.ts';
import { conflicted, type Failure, type Faults, failed, type Held, isHeld, throttled } from './faults.ts';
import { parseRequest, sendAnswer, sendError } from './protocol.ts';

/** Services by their name in a signature. */
export type EndpointServices = Record<
  string,
  AwsService & { measured?(call: AwsCall): Partial<RecordedCall> }
>;

export interface EndpointOptions {
  clock: Clock;
  callers: Callers;
  faults: Faults;
  calls: CallLog;
  services: EndpointServices;
  /** Calls wait for it: functions may start before everything that they call has. */
  ready: Promise<void>;
  /** Tells about refusals and about what the endpoint does not have. */
  report(line: string): void;
}

/** The one server to which all AWS calls of the functions go. */
export function createAwsEndpoint(options: EndpointOptions): Server {
  return createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    // SDKs correct their clock by this header: it must tell the system's time, not the machine's.
    response.setHeader('date', new Date(options.clock.now()).toUTCString());
    response.setHeader('x-amzn-requestid', crypto.randomUUID());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(request, Buffer.concat(chunks).toString('utf8'), response, options));
  });
}

async function answer(
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
  { clock, callers, faults, calls, services, ready, report }: EndpointOptions,
): Promise<void> {
  let service = '';
  let call: AwsCall | undefined;
  let caller: Caller | undefined;
  const settle = (outcome: string) => {
    if (call) calls.add(call, outcome, services[service]?.measured?.(call));
  };
  try {
    const { accessKeyId, ...parsed } = parseRequest(request, body);
    service = parsed.service;
    caller = callers.find(accessKeyId);
    if (!caller) throw new AwsError('UnrecognizedClientException', 'The security token is invalid.', 400);
    caller.stir?.();
    response.once('close', () => caller?.stir?.());
    call = { ...parsed, caller: caller.name, at: clock.now(), during: caller.during?.() };
    await ready;
    const handler = services[service] as AwsService;

    const before = faults.before(call);
    if (before === 'hang' || before === 'kill') {
      settle(before);
      if (before === 'kill') caller.kill?.();
      else {
        // Whoever gives up by themselves waits no more.
        const hold = caller.hold?.('time');
        response.once('close', () => hold?.release());
      }
      return;
    }
    if (before && isHeld(before)) {
      const hold = caller.hold?.(before.whileTimePasses ? 'time' : 'others');
      await before.meanwhile(call);
      hold?.release();
    } else if (before) throw errorOf(before, call);

    if (caller.role) authorise(caller.role, caller.name, service, handler.accessRequests(call));
    const result = await handler.handle(call);

    const after = faults.after(call);
    if (after) {
      settle(String(after));
      if (after === 'kill after') caller.kill?.();
      response.destroy();
      return;
    }
    settle('ok');
    sendAnswer(response, service, call.operation, result);
  } catch (error) {
    const refused =
      error instanceof AwsError ? error : new AwsError('InternalFailure', (error as Error).message, 500);
    settle(refused.code);
    if (/AccessDenied|NotAvailableLocally|InternalFailure/.test(refused.code)) {
      report(`${caller?.name ?? 'unknown caller'}: ${service} ${refused.code}: ${refused.message}`);
    }
    sendError(response, service, refused);
  }
}

function errorOf(failure: Exclude<Failure, Held>, call: AwsCall): AwsError {
  if (failure instanceof AwsError) return failure;
  if (failure === 'throttle') return throttled(call);
  return failure === 'conflict' ? conflicted(call) : failed(call);
}
