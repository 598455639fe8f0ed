import { refuse } from '../assembly/problem.ts';
import type { BusEvent } from './bus-event.ts';

interface TargetInput {
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
}

/** What a rule's target receives for an event: the event, a constant, a part of it, or a filled template. */
export function targetInput(target: TargetInput, event: BusEvent, place: string): unknown {
  if (target.Input !== undefined) return JSON.parse(target.Input);
  if (target.InputPath !== undefined) return valueAt(event, target.InputPath, place);
  if (!target.InputTransformer) return event;

  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const values: Record<string, unknown> = { 'aws.events.event.json': event };
  for (const [name, path] of Object.entries(InputPathsMap)) values[name] = valueAt(event, path, place);
  // Inside quotes a value is put as text, elsewhere as JSON, as EventBridge does.
  const filled = InputTemplate.replace(/"(?:[^"\\]|\\.)*"|<([^<>]+)>/g, (token, name: string | undefined) => {
    if (name !== undefined) return JSON.stringify(values[name] ?? null);
    return token.replace(/<([^<>]+)>/g, (_, inner: string) => {
      const value = values[inner] ?? '';
      return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1);
    });
  });
  try {
    return JSON.parse(filled);
  } catch {
    return refuse(place, `the input template does not make JSON: ${filled}`);
  }
}

/** `$.detail.name`, `$.resources[0]` */
function valueAt(event: unknown, path: string, place: string): unknown {
  if (!/^\$(\.[\w-]+|\[\d+\])*$/.test(path)) refuse(place, `the path ${path} is not supported`);
  let value = event;
  for (const [, name, index] of path.matchAll(/\.([\w-]+)|\[(\d+)\]/g)) {
    value = (value as Record<string, unknown> | undefined)?.[name ?? index ?? ''];
  }
  return value;
}
