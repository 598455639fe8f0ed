import { readFileSync } from 'node:fs';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { BrokenLinkPage, DonePage, EndedPage, NotOpenPage } from '../../../lambdas/portal/pages/pass.tsx';
import { exampleApp } from '../../fixtures/property-management.ts';

const GUIDE = readFileSync('docs/contractor.md', 'utf8');
const REASONS = ['completed', 'expired', 'revoked', 'superseded', 'failed', undefined];

/** Texts between the tags of a page, each whole. */
const textsOf = (page: VNode) =>
  renderToString(page)
    .split(/<[^>]*>/)
    .map((text) => text.trim())
    .filter((text) => text !== '');

const typed = { 'field.notes': 'an hour' };
const pages = [
  ...REASONS.map((reason) => <EndedPage {...(reason && { reason })} typed={typed} />),
  <NotOpenPage />,
  <BrokenLinkPage />,
  <DonePage title="WO-1" operation="Complete Work Order" />,
];

describe('the guide for contractors', () => {
  const quoted = [...GUIDE.matchAll(/“([^”]+)”/g)].map(([, words = '']) => words);
  const said = new Set(pages.flatMap(textsOf));

  it('quotes what the pages say, word for word', () => {
    expect(quoted.length).toBeGreaterThan(5);
    expect(quoted.filter((words) => !said.has(words))).toEqual([]);
  });

  it('explains every heading and every reason that a page without a job has', () => {
    const headings = pages.flatMap((page) => [/<h1>(.*?)<\/h1>/.exec(renderToString(page))?.[1] ?? '']);
    const reasons = ['expired', 'revoked', 'superseded'].map(
      (reason) => textsOf(<EndedPage reason={reason} />)[1] ?? '',
    );
    expect([...headings, ...reasons].filter((words) => !quoted.includes(words))).toEqual([]);
  });

  it('calls what can be done by the names of the worked example', () => {
    const names = exampleApp('work-orders').recordTypes.flatMap(({ operations }) =>
      operations.map(({ name }) => name),
    );
    const called = [...GUIDE.matchAll(/\b_([^_]+)_/g)].map(([, name = '']) => name);
    expect(called.filter((name) => !names.includes(name))).toEqual(['All my work']);
  });
});
