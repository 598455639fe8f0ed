import { RecordPage, type ShownRecord } from '../../../lambdas/portal/pages/record.tsx';
import { NOW } from './fixtures.ts';
import { outline } from './outline.ts';

describe('the page of a record', () => {
  const record: ShownRecord = {
    typeName: 'Work Order',
    title: 'WO-1',
    stateName: 'Active',
    fields: [
      { id: 'site', label: 'Site', type: 'string', value: 'Harbour' },
      { id: 'notes', label: 'Notes', type: 'text', value: null },
    ],
    operations: [],
  };

  it('shows state, trouble, fields and what can be done, and leads back', () => {
    const trouble = { at: '2026-03-03T08:00:00Z', step: 'Mail', message: 'The address is unknown.' };
    const operations = ['delete', 'sendEmail', 'edit', 'transition'].map((kind) => ({
      id: kind,
      name: `Do ${kind}`,
      kind,
      href: `/${kind}`,
    }));
    const due = { label: 'Due', date: '2026-03-04', open: true };
    const back = { href: '/back', label: 'Apps' };
    expect(
      outline(
        <RecordPage record={{ ...record, due, trouble, operations }} now={NOW} done="Saved." back={back}>
          <p>More</p>
        </RecordPage>,
      ),
    ).toEqual([
      'p.back [← Apps](/back)',
      'p.done role=status Saved.',
      'article.record',
      'h1 {span.kind Work Order} WO-1',
      'p.standing {span.due {span.due-label Due:} {time datetime=2026-03-04 Wed, 4 Mar 2026} {span.distance data-day=2026-03-04 tomorrow}} {span.state Active}',
      'div.trouble role=note {strong Something needs your attention}',
      'p The address is unknown. (3 March 2026 at 08:00 UTC)',
      'p Correct the email address if it is wrong; then the link is sent to the new one. Or tell the person in another way.',
      'div.field',
      'dt Site',
      'dd Harbour',
      'div.field.long',
      'dt Notes',
      'dd {span.none –}',
      'nav.operations aria-label=What you can do [Do transition](/transition .button)[Do edit](/edit .button.quiet)[Do sendEmail](/sendEmail .button.quiet)[Do delete](/delete .button.quiet.danger)',
      'p More',
    ]);
  });

  it('is only that where nothing is due, wrong, done or to be done', () => {
    expect(outline(<RecordPage record={record} now={NOW} />)).toEqual([
      'article.record',
      'h1 {span.kind Work Order} WO-1',
      'p.standing {span.state Active}',
      'div.field',
      'dt Site',
      'dd Harbour',
      'div.field.long',
      'dt Notes',
      'dd {span.none –}',
    ]);
  });
});
