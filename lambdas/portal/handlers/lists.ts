import type { LinkedRecordType } from '../../../core/apps/published.ts';
import { DaypassError } from '../../../core/errors.ts';
import { openView } from '../../../core/records/list.ts';
import { nameReferences } from '../../../core/records/references.ts';
import type { Session } from '../../../core/runtime.ts';
import { cameFrom, type ListPlace, listQuery } from '../list-place.ts';
import type { ViewPageProps } from '../pages/view.tsx';
import { cell } from '../shown.ts';

const PAGE_SIZE = 50;

/** What the table of a list shows, or why it shows none. */
export type ShownList = Pick<
  ViewPageProps,
  'columns' | 'records' | 'problem' | 'preparing' | 'next' | 'previous' | 'first' | 'pageNumber' | 'query'
>;

/** The address of a page of a list is one person's, and holds for this list alone. */
const GONE = 'This page of the list cannot be opened any more. Go to the first page.';

/** A list that still has to be told what to look for. */
export const NOTHING_ASKED: ShownList = { columns: [], records: [], pageNumber: 1, query: '' };

/**
 * One page of a view as its table shows it. A wrong parameter, and a list that is being prepared, are said in its place.
 * @param base `/app/{environment}`
 * @param usual the view that is shown where none is named
 */
export async function readList(
  session: Session,
  base: string,
  linked: LinkedRecordType,
  asked: ListPlace,
  usual: string | undefined,
): Promise<ShownList> {
  const { cursor, before } = asked;
  const { type, view, params } = asked;
  const address = (more: Partial<ListPlace>) =>
    `${base}/${linked.app.id}?${listQuery({ type, view, params, page: 1, ...more })}`;
  try {
    const found = await openView(session, {
      app: linked.app.id,
      recordType: type,
      view,
      params,
      limit: PAGE_SIZE,
      ...(before !== undefined ? { before } : cursor !== undefined && { cursor }),
    });
    // Backwards the list may turn out to begin here, whatever was counted on the way.
    const isFirst = found.previous === undefined && (before !== undefined || cursor === undefined);
    const page = isFirst ? 1 : Math.max(asked.page, 2);
    const query = cameFrom(linked, isFirst ? { type, view, params, page } : { ...asked, page }, usual);
    return {
      columns: found.columns,
      records: (await nameReferences(session, found.records)).map((answer) => ({
        href: `${base}/records/${answer.id}${query}`,
        title: answer.title,
        cells: found.columns.map((column) => cell(session, column, answer, base)),
      })),
      pageNumber: page,
      query,
      ...(found.cursor && { next: address({ cursor: found.cursor, page: page + 1 }) }),
      ...(found.previous && { previous: address({ before: found.previous, page: page - 1 }) }),
      ...(!isFirst && { first: address({}) }),
    };
  } catch (error) {
    if (!(error instanceof DaypassError)) throw error;
    const nothing = { ...NOTHING_ASKED, pageNumber: asked.page };
    if (error.code === 'LIST_NOT_READY') return { ...nothing, preparing: address(asked) };
    if (error.code !== 'REQUEST_INVALID') throw error;
    if (error.problems.some(({ path }) => path === '/cursor'))
      return { ...nothing, pageNumber: Math.max(asked.page, 2), problem: GONE, first: address({}) };
    const label = (path: string) => {
      const id = path.replace('/param.', '');
      const parameters = linked.views.get(view)?.definition.parameters ?? [];
      return parameters.find((each) => each.id === id)?.label ?? id;
    };
    return {
      ...nothing,
      problem: error.problems.map(({ path, message }) => `${label(path)} ${message}`).join('; '),
    };
  }
}
