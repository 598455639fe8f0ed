import type { FormField } from '../../../core/records/record.ts';
import { Field } from '../../../lambdas/portal/pages/form-field.tsx';
import { typedOf } from '../../../lambdas/portal/typed.ts';
import { field } from './fixtures.ts';
import { outline } from './outline.ts';

const shown = (
  change: Partial<FormField> & Pick<FormField, 'type'>,
  rest: { problem?: string; hint?: string } = {},
) => {
  const asked = field({ id: 'a', label: 'The field', ...change });
  return outline(<Field field={asked} typed={typedOf(asked)} {...rest} />);
};
const choices = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ value: `v${index + 1}`, label: `Label ${index + 1}` }));

describe('a field of a form', () => {
  it.each<[FormField['type'], FormField['value'], string]>([
    ['string', 'x', 'input type=text name=field.a value=x maxlength=9'],
    ['text', 'one\ntwo', 'textarea name=field.a maxlength=9 rows=5 "one\\ntwo"'],
    ['number', 12.5, 'input name=field.a value=12.5 inputmode=decimal'],
    ['date', '2026-03-06', 'input type=date name=field.a value=2026-03-06 maxlength=9'],
    [
      'dateTime',
      '2026-03-06T09:30:00Z',
      'input type=datetime-local name=field.a value=2026-03-06T09:30 maxlength=9',
    ],
    ['email', 'a@x.example', 'input type=email name=field.a value=a@x.example maxlength=9'],
    ['phone', '+1 555', 'input type=tel name=field.a value=+1 555 maxlength=9'],
    ['url', 'https://x.example', 'input type=url name=field.a value=https://x.example maxlength=9'],
    ['signature', 'Ana', 'input type=text name=field.a value=Ana maxlength=9'],
    ['reference', 'r1', 'input type=text name=field.a value=r1 maxlength=9'],
  ])('of type %s has one control, with its value', (type, value, control) => {
    expect(shown({ type, value, maxLength: 9 })).toEqual([
      'label for field.a: The field{span.optional (optional)}',
      control,
    ]);
  });

  it('that is wanted says so to assistive technology, and is not called optional', () => {
    expect(shown({ type: 'string', required: true })).toEqual([
      'label for field.a: The field',
      'input type=text name=field.a value= aria-required',
    ]);
    expect(shown({ type: 'number', required: true })).toEqual([
      'label for field.a: The field',
      'input name=field.a value= inputmode=decimal aria-required',
    ]);
  });

  it('says beside its label when it is wanted, what goes in, that it holds something unseen, and what is wrong, and ties them to its control', () => {
    const all = { help: 'First and last', hidden: true } as const;
    const rest = { problem: 'is too long', hint: 'Only if it rains' };
    expect(shown({ type: 'string', ...all }, rest)).toEqual([
      'div.form-field.refused',
      'label for field.a: The field{span.optional (optional)}',
      '{small.hint Only if it rains}{small.help First and last}{small.help You may change this field, but not see what is in it. Left empty it stays as it is.}{small.problem {span.unseen Error: }is too long}',
      'input type=text name=field.a value= aria-invalid described “First and last” described “You may change this field, but not see what is in it. Left empty it stays as it is.” described “Error: is too long”',
    ]);
    expect(shown({ type: 'choices', choices: choices(1), ...all }, rest)).toEqual([
      'div.form-field.refused',
      'fieldset described “First and last” described “You may change this field, but not see what is in it. Left empty it stays as it is.” described “Error: is too long”',
      'legend The field{span.optional (optional)}',
      '{small.hint Only if it rains}{small.help First and last}{small.help You may change this field, but not see what is in it. Left empty it stays as it is.}{small.problem {span.unseen Error: }is too long}',
      'label.option {input type=checkbox name=field.a value=v1} Label 1',
    ]);
  });

  it('carries the table by which the script shows and hides it', () => {
    const visibleWhen = { fields: ['b'], combinations: [[['Yes']]] };
    expect(shown({ type: 'string', visibleWhen })[0]).toEqual(
      'div.form-field data-visible-when={"fields":["b"],"combinations":[[["Yes"]]]}',
    );
  });

  it('of several choices has a box for each, the chosen ones ticked', () => {
    expect(shown({ type: 'choices', choices: choices(3), value: ['v3', 'v1'] })).toEqual([
      'fieldset',
      'legend The field{span.optional (optional)}',
      'label.option {input type=checkbox name=field.a value=v1 checked} Label 1',
      'label.option {input type=checkbox name=field.a value=v2} Label 2',
      'label.option {input type=checkbox name=field.a value=v3 checked} Label 3',
    ]);
    expect(shown({ type: 'roles', choices: choices(6), value: ['v2'], required: true })).toEqual([
      'fieldset',
      'legend The field',
      'label.option {input type=checkbox name=field.a value=v1} Label 1',
      'label.option {input type=checkbox name=field.a value=v2 checked} Label 2',
      'label.option {input type=checkbox name=field.a value=v3} Label 3',
      'label.option {input type=checkbox name=field.a value=v4} Label 4',
      'label.option {input type=checkbox name=field.a value=v5} Label 5',
      'label.option {input type=checkbox name=field.a value=v6} Label 6',
    ]);
  });

  it('of one choice of five or fewer has a button for each, and one for none unless it is wanted', () => {
    expect(shown({ type: 'choice', choices: choices(5), value: 'v2' })).toEqual([
      'fieldset',
      'legend The field{span.optional (optional)}',
      'label.option {input type=radio name=field.a value=v1} Label 1',
      'label.option {input type=radio name=field.a value=v2 checked} Label 2',
      'label.option {input type=radio name=field.a value=v3} Label 3',
      'label.option {input type=radio name=field.a value=v4} Label 4',
      'label.option {input type=radio name=field.a value=v5} Label 5',
      'label.option {input type=radio name=field.a value=} None',
    ]);
    expect(shown({ type: 'choice', choices: choices(1) })).toEqual([
      'fieldset',
      'legend The field{span.optional (optional)}',
      'label.option {input type=radio name=field.a value=v1} Label 1',
      'label.option {input type=radio name=field.a value= checked} None',
    ]);
    expect(shown({ type: 'choice', choices: choices(2), required: true })).toEqual([
      'fieldset',
      'legend The field',
      'label.option {input type=radio name=field.a value=v1} Label 1',
      'label.option {input type=radio name=field.a value=v2} Label 2',
    ]);
    expect(shown({ type: 'choice', choices: choices(1), hidden: true })).toEqual([
      'fieldset described “You may change this field, but not see what is in it. Left empty it stays as it is.”',
      'legend The field{span.optional (optional)}',
      '{small.help You may change this field, but not see what is in it. Left empty it stays as it is.}',
      'label.option {input type=radio name=field.a value=v1} Label 1',
      'label.option {input type=radio name=field.a value= checked} Leave as it is',
    ]);
  });

  it('of one choice of six is a menu, which begins with what choosing nothing means', () => {
    expect(shown({ type: 'choice', choices: choices(6), value: 'v6' })).toEqual([
      'label for field.a: The field{span.optional (optional)}',
      'select name=field.a',
      'option value= None',
      'option value=v1 Label 1',
      'option value=v2 Label 2',
      'option value=v3 Label 3',
      'option value=v4 Label 4',
      'option value=v5 Label 5',
      'option value=v6 selected Label 6',
    ]);
    const first = (change: Partial<FormField>) =>
      shown({ type: 'choice', choices: choices(6), ...change }).find((line) => line.startsWith('option'));
    expect(first({ required: true })).toBe('option value= Please choose');
    expect(first({ hidden: true })).toBe('option value= Leave as it is');
  });

  it('of a reference with choices is a menu, however few they are', () => {
    expect(shown({ type: 'reference', choices: choices(2), value: 'v1', required: true })).toEqual([
      'label for field.a: The field',
      'select name=field.a aria-required',
      'option value= Please choose',
      'option value=v1 selected Label 1',
      'option value=v2 Label 2',
    ]);
  });

  it('that is yes or no is a box; one that holds something unseen is a choice of three', () => {
    expect(shown({ type: 'boolean', value: true })).toEqual([
      'fieldset',
      'legend The field{span.optional (optional)}',
      'label.option {input type=checkbox name=field.a value=true checked} Yes',
    ]);
    expect(shown({ type: 'boolean', value: false, required: true })).toEqual([
      'fieldset',
      'legend The field',
      'label.option {input type=checkbox name=field.a value=true} Yes',
    ]);
    expect(shown({ type: 'boolean', hidden: true })).toEqual([
      'fieldset described “You may change this field, but not see what is in it. Left empty it stays as it is.”',
      'legend The field{span.optional (optional)}',
      '{small.help You may change this field, but not see what is in it. Left empty it stays as it is.}',
      'label.option {input type=radio name=field.a value=true} Yes',
      'label.option {input type=radio name=field.a value=false} No',
      'label.option {input type=radio name=field.a value= checked} Leave as it is',
    ]);
  });

  it('of a place asks for latitude and longitude, in this order', () => {
    expect(shown({ type: 'geoPoint', value: { lat: 51.5, lon: -0.1 } })).toEqual([
      'fieldset',
      'legend The field{span.optional (optional)}',
      'div.place',
      'label Latitude {input name=field.a value=51.5 inputmode=decimal}',
      'label Longitude {input name=field.a value=-0.1 inputmode=decimal}',
    ]);
    expect(shown({ type: 'geoPoint' })).toEqual([
      'fieldset',
      'legend The field{span.optional (optional)}',
      'div.place',
      'label Latitude {input name=field.a value= inputmode=decimal}',
      'label Longitude {input name=field.a value= inputmode=decimal}',
    ]);
  });
});
