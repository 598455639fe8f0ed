import { inSentence, openingSentence } from '../../core/apps/operation-name.ts';
import type { LinkedRecordType } from '../../core/apps/published.ts';
import type { RecordAnswer } from '../../core/records/record.ts';
import { type Notice, notice } from './notice.ts';

const BUILT_IN: Partial<Record<string, string>> = { add: 'created', edit: 'changed', delete: 'deleted' };

/**
 * What an operation has done to a record, in a sentence. One that adds, edits or deletes says what became of the record,
 * whatever the operation is called; a transition says its name and the state that it led to, any other one its name.
 * @param title of the record; none where whoever did it may not see it
 */
export function sayDone(type: LinkedRecordType, operationId: string, title: string | undefined): Notice {
  const typeName = type.definition.name;
  const { kind = '', name = operationId, to } = type.operations.get(operationId)?.definition ?? {};
  // Without a field for its title a record is called as its type is.
  const own = title === undefined || title === typeName ? [] : [title];
  const builtIn = BUILT_IN[kind];
  const space = own.map(() => ' ');
  if (builtIn) return notice(['', ...space, ` ${builtIn}`], openingSentence(typeName), ...own);
  const state = to === undefined ? undefined : type.states.get(to);
  const record = [inSentence(typeName), ...own];
  return state === undefined
    ? notice(['', ': done for ', ...space, ''], name, ...record)
    : notice(['', ': ', ...space, ' is now ', ''], name, ...record, state);
}

/** Why a form is not shown that was offered before. */
export function sayNotOffered(type: LinkedRecordType, operationId: string, record: RecordAnswer): Notice {
  const name = type.operations.get(operationId)?.definition.name ?? operationId;
  return notice`“${name}” is not possible now: ${inSentence(type.definition.name)} ${record.title} is ${record.stateName}`;
}

/** A pass is asked for in place of one that is over. */
export function sayAskedAgain(type: LinkedRecordType, title: string): Notice {
  return notice`New access for ${inSentence(type.definition.name)} ${title} asked for: its link is made and sent now`;
}
