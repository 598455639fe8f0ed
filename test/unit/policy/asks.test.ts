import { checkExpression } from '../../../core/expressions/check.ts';
import { type Asks, asksAsMuch } from '../../../core/policy/conjuncts.ts';

const SCOPE = { record: { mine: 'bool', cheap: 'bool', done: 'bool' } } as const;
const tree = (text: string) => checkExpression(text, SCOPE, 'bool').ast;
const asks = (condition?: string, check?: string): Asks => ({
  condition: condition === undefined ? undefined : tree(condition),
  check: check === undefined ? undefined : tree(check),
});

const OPEN = 'record.state == "Open"';
const OPEN_OR_DONE = '(record.state == "Open" || record.done)';

/** A rule that somebody would grant, and one that they hold. */
describe('a rule asks as much as another one', () => {
  it.each<[string, Asks, Asks]>([
    ['nothing is asked', asks(), asks()],
    ['it asks, and the other does not', asks('record.mine'), asks()],
    ['it asks for the same and more', asks('record.mine && record.cheap'), asks('record.mine')],
    [
      'its check asks for what the other asks of both',
      asks('record.mine', 'record.mine'),
      asks('record.mine'),
    ],
    [
      'its condition is of both, and the other checks that',
      asks('record.mine'),
      asks(undefined, 'record.mine'),
    ],
    ['their checks are the same', asks('record.mine', 'record.cheap'), asks('record.mine', 'record.cheap')],
    [
      'the state that it starts from is the same',
      asks(`record.mine && ${OPEN}`, 'record.mine'),
      asks(`record.mine && ${OPEN}`),
    ],
    ['the state that it leads to is the same', asks('record.mine', OPEN), asks(undefined, OPEN)],
  ])('where %s', (_, rule, other) => {
    expect(asksAsMuch(rule, other)).toBe(true);
  });

  it.each<[string, Asks, Asks]>([
    ['it asks for nothing', asks(), asks('record.mine')],
    ['it asks for something else', asks('record.cheap'), asks('record.mine')],
    ['it hands on, and the other does not', asks('record.mine', 'true'), asks('record.mine')],
    [
      'it checks less',
      asks('record.mine', 'record.mine'),
      asks('record.mine', 'record.mine && record.cheap'),
    ],
    ['it asks only of what would be saved', asks(undefined, 'record.mine'), asks('record.mine')],
    ['it asks for the old state, and the other for the new one', asks(OPEN), asks(undefined, OPEN)],
    ['it asks for the new state, and the other for the old one', asks(undefined, OPEN), asks(OPEN)],
    ['its check has the old state in another part', asks(OPEN_OR_DONE, OPEN_OR_DONE), asks(OPEN_OR_DONE)],
  ])('and not where %s', (_, rule, other) => {
    expect(asksAsMuch(rule, other)).toBe(false);
  });
});
