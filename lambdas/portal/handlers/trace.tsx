import type { RecordAnswer } from '../../../core/records/record.ts';
import { type EventAnswer, mayReadTrace, readHistory, readTaskRuns } from '../../../core/records/trace.ts';
import type { Session } from '../../../core/runtime.ts';
import { carried } from '../list-place.ts';
import { eventInWords } from '../pages/access-words.ts';
import { History, type ShownEvent, TaskRuns } from '../pages/trace.tsx';
import { shownField, typeOf } from '../shown.ts';

const EVENTS = 20;
/** Whose name no event has kept. */
const NAMELESS: Partial<Record<string, string>> = {
  anonymous: 'somebody without an account',
  user: 'somebody whose name is not kept',
  tokenUser: 'a contractor whose access has ended',
  serviceAccount: 'a program',
  robot: 'a robot',
};
const EXEMPTIONS = { tenantAdministrator: 'tenant administrator', levelAdmin: 'administrator of the app' };

/** What happened to a record and what the robot did for it, as sections below the record; nothing for who may not read it. */
export async function readTrace(
  session: Session,
  answer: RecordAnswer,
  { base, list, formToken }: { base: string; list: string | undefined; formToken: string | undefined },
  cursor: string | undefined,
) {
  if (!mayReadTrace(session)) return null;
  const [runs, history] = await Promise.all([
    readTaskRuns(session, answer.id),
    readHistory(session, answer.id, { limit: EVENTS, ...(cursor && { cursor }) }),
  ]);
  const here = `${base}/records/${answer.id}`;
  const earlier = { ...(list !== undefined && { list }), history: history.cursor ?? '' };
  const more = history.cursor && `${here}?${new URLSearchParams(earlier)}#history`;
  return (
    <>
      <TaskRuns runs={runs} again={`${here}/task-runs${carried(list)}`} formToken={formToken} />
      <History
        events={history.items.map((event) =>
          shownEvent(session, { ...answer, names: history.names }, event, base),
        )}
        {...(more && { more })}
      />
    </>
  );
}

function shownEvent(session: Session, answer: RecordAnswer, event: EventAnswer, base: string): ShownEvent {
  const type = typeOf(session, answer);
  const { names } = answer;
  const { number, at, operation, actor, before, after } = event;
  const stateName = (state: string) => type.states.get(state) ?? state;
  const fields = [...type.fields.keys()].filter((id) => id in before || id in after);
  return {
    number,
    at,
    title: event.summary ?? eventInWords(operation, type.operations.get(operation)?.definition),
    actor: actor.name || (NAMELESS[actor.type] ?? 'somebody'),
    ...(event.exemption && { exemption: EXEMPTIONS[event.exemption] }),
    ...(event.stateBefore && { stateBefore: stateName(event.stateBefore) }),
    ...(event.stateAfter && { stateAfter: stateName(event.stateAfter) }),
    changes: fields.map((id) => ({
      label: type.fields.get(id)?.definition.label ?? id,
      before: shownField(session, type, id, { values: before, names }, base),
      after: shownField(session, type, id, { values: after, names }, base),
    })),
  };
}
