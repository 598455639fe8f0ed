import type { FormField } from '../../../core/records/record.ts';
import { FormPage } from '../../../lambdas/portal/pages/form.tsx';
import { field, form } from './fixtures.ts';
import { outline } from './outline.ts';

const props = { formToken: 'token', once: 'once-1', back: { href: '/back', label: 'WO-1' } };

describe('the form of an operation', () => {
  const fields = [
    field({ id: 'notes', type: 'string', label: 'Notes', value: 'stored' }),
    field({ id: 'a/b~c', type: 'string', label: 'Odd', value: 'x' }),
  ];

  it('names operation and record, holds its fields with their stored values, and leads back', () => {
    expect(outline(<FormPage {...props} form={form(fields)} />)).toEqual([
      'p.back [← WO-1](/back)',
      'h1 Complete {span.of WO-1}',
      'form method=post novalidate data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=once value=once-1',
      'input type=hidden name=version value=3',
      'label for field.notes: Notes{span.optional (optional)}',
      'input type=text name=field.notes value=stored',
      'label for field.a/b~c: Odd{span.optional (optional)}',
      'input type=text name=field.a/b~c value=x',
      'button type=submit Complete',
      '[Cancel](/back .button.quiet)',
    ]);
  });

  it('of a new record has neither a title nor a version, and its own word on the button', () => {
    const operation = { id: 'add', name: 'Add', kind: 'create', confirm: 'Add it now' };
    const { record: _, ...fresh } = form([], { operation });
    expect(outline(<FormPage {...props} form={fresh} />)).toEqual([
      'p.back [← WO-1](/back)',
      'h1 Add',
      'form method=post novalidate data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=once value=once-1',
      'button type=submit Add it now',
      '[Cancel](/back .button.quiet)',
    ]);
  });

  it('of a deletion warns, and asks for a tick for each other place where something ends', () => {
    const operation = { id: 'delete', name: 'Delete', kind: 'delete' };
    expect(
      outline(<FormPage {...props} form={form([], { operation })} confirm={['test', 'staging']} />),
    ).toEqual([
      'p.back [← WO-1](/back)',
      'h1 Delete {span.of WO-1}',
      'form method=post novalidate data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=once value=once-1',
      'input type=hidden name=version value=3',
      'fieldset.form-field',
      'legend It ends there, too. Tick each to confirm:',
      'label.option {input type=checkbox name=confirm value=test} test',
      'label.option {input type=checkbox name=confirm value=staging} staging',
      'p This cannot be undone.',
      'button.danger type=submit Delete',
      '[Cancel](/back .button.quiet)',
    ]);
  });

  it('that was refused leads to each field that is wrong, and says what is wrong with none of them', () => {
    const problems = [
      { path: '/values/notes', message: 'is too long' },
      { path: '/values/a~1b~0c', message: 'is odd' },
      { path: '/confirm', message: 'Tick test' },
    ];
    const typedIn = ({ id }: FormField) => ({ text: `typed in ${id}`, list: [`typed in ${id}`] });
    expect(
      outline(<FormPage {...props} form={form(fields)} problems={problems} typedIn={typedIn} />),
    ).toEqual([
      'p.back [← WO-1](/back)',
      'h1 Complete {span.of WO-1}',
      'div.summary role=alert',
      'h2 Please correct what is marked',
      'li [Notes is too long](#f-notes)',
      'li [Odd is odd](#f-a/b~c)',
      'li Tick test',
      'form method=post novalidate data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=once value=once-1',
      'input type=hidden name=version value=3',
      'div.form-field.refused',
      'label for field.notes: Notes{span.optional (optional)}',
      '{small.problem {span.unseen Error: }Notes is too long}',
      'input type=text name=field.notes value=typed in notes aria-invalid described “Error: Notes is too long”',
      'div.form-field.refused',
      'label for field.a/b~c: Odd{span.optional (optional)}',
      '{small.problem {span.unseen Error: }Odd is odd}',
      'input type=text name=field.a/b~c value=typed in a/b~c aria-invalid described “Error: Odd is odd”',
      'button type=submit Complete',
      '[Cancel](/back .button.quiet)',
    ]);
  });

  it('that was refused for one thing alone says that one', () => {
    const problems = [{ path: '/values/notes', message: 'is too long' }];
    expect(outline(<FormPage {...props} form={form(fields)} problems={problems} />).slice(2, 5)).toEqual([
      'div.summary role=alert',
      'h2 Please correct what is marked',
      'li [Notes is too long](#f-notes)',
    ]);
  });

  it('that was refused for another reason says it, and marks nothing', () => {
    expect(
      outline(<FormPage {...props} form={form(fields)} refusal="Somebody was faster" />).slice(2, 6),
    ).toEqual([
      'div.summary role=alert',
      'h2 Somebody was faster',
      'form method=post novalidate data-once',
      'input type=hidden name=formToken value=token',
    ]);
  });
});

describe('what a form says of a conditional field without script', () => {
  const asked = [
    field({
      id: 'kind',
      type: 'choice',
      label: 'Kind',
      choices: [
        { value: 'in', label: 'Indoors' },
        { value: 'out', label: 'Outdoors' },
        { value: 'both', label: 'Both' },
      ],
    }),
    field({ id: 'urgent', type: 'boolean', label: 'Urgent' }),
  ];
  const hint = (change: Partial<FormField>) => {
    const conditional = field({ id: 'x', type: 'string', visibleIf: 'some expression', ...change });
    return outline(<FormPage {...props} form={form([...asked, conditional])} />).find((line) =>
      line.startsWith('{small.hint'),
    );
  };
  const unsure = '{small.hint Fill this in only if it applies}';

  it.each<[string, FormField['visibleWhen'], string]>([
    [
      'the one answer',
      { fields: ['kind'], combinations: [[['in']]] },
      '{small.hint Only if “Kind” is Indoors}',
    ],
    [
      'each of the answers, one at a time',
      { fields: ['kind'], combinations: [[['in']], [['out']]] },
      '{small.hint Only if “Kind” is Indoors or Outdoors}',
    ],
    [
      'the answer that is in all of several',
      { fields: ['kind'], combinations: [[['in', 'out']], [['in', 'both']]] },
      '{small.hint Only if “Kind” is Indoors}',
    ],
    [
      'the two answers that are wanted together',
      { fields: ['kind'], combinations: [[['in', 'both']], [['in', 'out', 'both']]] },
      '{small.hint Only if “Kind” is Indoors and Both}',
    ],
    [
      'yes for a box',
      { fields: ['urgent'], combinations: [[['true']]] },
      '{small.hint Only if “Urgent” is Yes}',
    ],
    [
      'nothing exact where several are in none of all',
      { fields: ['kind'], combinations: [[['in', 'out']], [['both']]] },
      unsure,
    ],
    [
      'nothing exact where it is wanted without an answer',
      { fields: ['kind'], combinations: [[[]]] },
      unsure,
    ],
    ['nothing exact where it never applies', { fields: ['kind'], combinations: [] }, unsure],
    [
      'nothing exact where two fields decide',
      { fields: ['kind', 'urgent'], combinations: [[['in'], ['true']]] },
      unsure,
    ],
    [
      'nothing exact where the other field is not on the form',
      { fields: ['gone'], combinations: [[['in']]] },
      unsure,
    ],
    ['nothing exact where no table says when', undefined, unsure],
  ])('is %s', (_, visibleWhen, told) => {
    expect(hint(visibleWhen ? { visibleWhen } : {})).toBe(told);
  });

  it('is nothing where the field has no condition', () => {
    expect(
      outline(<FormPage {...props} form={form(asked)} />).filter((line) => line.includes('hint')),
    ).toEqual([]);
  });
});
