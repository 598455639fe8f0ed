import { compilePattern } from '../../../local/events/event-pattern.ts';

const EVENT = {
  source: 'aws.states',
  detail: { status: 'FAILED', name: 'grant-12', count: 7, tags: ['red', 'blue'], nested: { empty: null } },
};

describe('matching events with a pattern', () => {
  it.each([
    [{ source: ['aws.states'] }, true],
    [{ source: ['aws.ses', 'aws.states'] }, true],
    [{ source: ['aws.ses'] }, false],
    [{ source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }, false],
    [{ detail: { tags: ['blue'] } }, true],
    [{ detail: { name: [{ prefix: 'grant-' }] } }, true],
    [{ detail: { name: [{ suffix: '-13' }] } }, false],
    [{ detail: { name: [{ wildcard: 'g*-1?' }] } }, true],
    [{ detail: { status: [{ 'equals-ignore-case': 'failed' }] } }, true],
    [{ detail: { status: [{ 'anything-but': ['FAILED', 'ABORTED'] }] } }, false],
    [{ detail: { name: [{ 'anything-but': { prefix: 'flow-' } }] } }, true],
    [{ detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    [{ detail: { count: [{ numeric: ['>', 0, '<=', 7] }] } }, true],
    [{ detail: { count: [{ numeric: ['=', 8] }] } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { status: [{ exists: true }] } }, true],
    [{ detail: { nested: { empty: [null] } } }, true],
    [{ $or: [{ source: ['x'] }, { detail: { count: [7] } }] }, true],
    [{ $or: [{ source: ['x'] }, { detail: { count: [8] } }] }, false],
  ])('%j: %s', (pattern, expected) => {
    expect(compilePattern(pattern, 'Rule')(EVENT)).toBe(expected);
  });

  it("reads a stream filter, whose numbers are DynamoDB's texts", () => {
    const record = {
      eventName: 'INSERT',
      dynamodb: { NewImage: { kind: { S: 'outbox' }, tries: { N: '3' } } },
    };
    const filter = {
      eventName: ['INSERT'],
      dynamodb: { NewImage: { kind: { S: ['outbox'] }, tries: { N: [{ numeric: ['<', 5] }] } } },
    };
    expect(compilePattern(filter, 'Mapping')(record)).toBe(true);
    expect(compilePattern(filter, 'Mapping')({ ...record, eventName: 'REMOVE' })).toBe(false);
  });

  it('refuses an operator that it does not know, with the place', () => {
    expect(() => compilePattern({ detail: { ip: [{ cidr: '10.0.0.0/8' }] } }, 'Rule')).toThrow(
      'Rule/detail/ip/0: the operator cidr is not supported',
    );
  });
});
