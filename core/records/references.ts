import type { LinkedRecordType } from '../apps/published.ts';
import type { Session } from '../runtime.ts';
import { answerRecord } from './answer.ts';
import { withLiveAccounts } from './live-accounts.ts';
import type { RecordAnswer } from './record.ts';

/** References of one answer or one page of a list that are looked up; what goes beyond stays without a name. */
const MOST = 100;

/**
 * The answers with names for the records that they refer to: a record's title, where the caller may view that record.
 * A reference without a name leads nowhere that the caller may go. Records that stand for accounts show them as they are.
 */
export async function nameReferences(
  session: Session,
  given: readonly RecordAnswer[],
): Promise<RecordAnswer[]> {
  const answers = await withLiveAccounts(session, given);
  const found = answers.map((answer) => referencesIn(session, answer));
  const wanted = new Map(found.flatMap((references) => [...references]).slice(0, MOST));
  const titles = new Map(
    await Promise.all(
      [...wanted].map(async ([id, isTarget]) => [id, await titleOf(session, id, isTarget)] as const),
    ),
  );
  return answers.map((answer, at) => {
    const names = [...(found[at] as References).keys()].flatMap((id) => {
      const title = titles.get(id);
      return title === undefined ? [] : [[id, title]];
    });
    return names.length === 0
      ? answer
      : { ...answer, names: { ...answer.names, ...Object.fromEntries(names) } };
  });
}

/** Id → whether a record type is the one that the field refers to. */
type References = Map<string, (type: LinkedRecordType) => boolean>;

function referencesIn({ published }: Session, { app, recordType, values }: RecordAnswer): References {
  const fields = published.site.recordType(app, recordType)?.fields.values() ?? [];
  const references: References = new Map();
  for (const { id, definition } of fields) {
    const { type, target } = definition;
    const value = values[id];
    if (type !== 'reference' || !target || typeof value !== 'string') continue;
    references.set(
      value,
      (found) => found.app.id === target.app && (!target.recordType || found.id === target.recordType),
    );
  }
  return references;
}

async function titleOf(
  session: Session,
  id: string,
  isTarget: (type: LinkedRecordType) => boolean,
): Promise<string | undefined> {
  const { environment, site } = session.published;
  const record = await session.runtime.store.readRecord(environment, id);
  const type = record && site.recordType(record.app, record.recordType);
  return record && type && isTarget(type) ? answerRecord(session, type, record)?.title : undefined;
}
