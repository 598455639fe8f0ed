import type { CloudAssembly, Resource } from '../../../local/assembly/cloud-assembly.ts';
import { createResolver } from '../../../local/assembly/intrinsics.ts';
import { resolveResources } from '../../../local/assembly/resources.ts';

function read(resources: Record<string, Resource>) {
  const stack = {
    name: 'Shop',
    account: '111122223333',
    region: 'eu-central-1',
    resources,
    parameters: {},
    conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    mappings: {},
    outputs: {},
  };
  const assembly: CloudAssembly = { directory: '', stacks: [stack], assets: new Map() };
  return resolveResources(assembly, createResolver({ stacks: [stack], apiUrl: 'http://localhost:1' }));
}

describe('reading the resources of a template', () => {
  it('gives them resolved, with id, attributes and place', () => {
    const queues = read({
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'AWS::StackName' } } },
    });
    const [queue] = queues('AWS::SQS::Queue');
    expect(queue).toMatchObject({ place: 'Shop/Jobs', properties: { QueueName: 'Shop' } });
    expect(queue?.ref).toBe('https://sqs.eu-central-1.amazonaws.com/111122223333/Shop');
    expect(queue?.attribute('Arn')).toBe('arn:aws:sqs:eu-central-1:111122223333:Shop');
  });

  it('leaves out what has no effect on one machine, and what its condition leaves out', () => {
    const all = read({
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Whatever: true } },
      Jobs: { Type: 'AWS::SQS::Queue', Condition: 'Never' },
    });
    expect(all('AWS::CloudWatch::Alarm', 'AWS::SQS::Queue')).toEqual([]);
  });

  it.each([
    [
      'a type',
      { Bus: { Type: 'AWS::MSK::Cluster' } },
      'Shop/Bus: resources of type AWS::MSK::Cluster are not supported',
    ],
    [
      'a property',
      { Jobs: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } },
      'Shop/Jobs/Properties/FifoQueue',
    ],
  ])('refuses %s that it does not know, with the place', (_, resources, message) => {
    expect(() => read(resources)).toThrow(message);
  });
});
