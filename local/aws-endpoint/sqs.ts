import { createHash, randomUUID } from 'node:crypto';
import type { ResourcesOf } from '../assembly/resources.ts';
import { AwsError, type AwsService, notOnThisMachine } from './aws-call.ts';

/** A message in one of the template's queues. */
export interface QueueMessage {
  messageId: string;
  body: string;
  /** System time, epoch milliseconds. */
  at: number;
}

/** The template's queues, in memory: looking takes no message away, only purging does. */
export interface Queues extends AwsService {
  /** By logical id, name, URL or ARN; throws when the template has no such queue. */
  messages(queue: string): QueueMessage[];
  /** The ARNs of all queues. */
  arns(): string[];
  send(queue: string, body: string): QueueMessage;
}

export function createQueues(resourcesOf: ResourcesOf, now: () => number): Queues {
  const queues = resourcesOf('AWS::SQS::Queue').map((resource) => ({
    arn: resource.attribute('Arn'),
    url: resource.ref,
    ids: [resource.logicalId, resource.ref, resource.attribute('QueueName'), resource.attribute('Arn')],
    messages: [] as QueueMessage[],
  }));
  const find = (id: string) => queues.find(({ ids }) => ids.includes(id));

  function known(id: string) {
    const queue = find(id) ?? queues.find(({ ids }) => ids[0]?.startsWith(id));
    if (!queue) throw new AwsError('AWS.SimpleQueueService.NonExistentQueue', `There is no queue ${id}.`);
    return queue;
  }

  const service: Queues = {
    arns: () => queues.map(({ arn }) => arn),
    messages: (queue) => known(queue).messages,
    send(queue, body) {
      const message = { messageId: randomUUID(), body, at: now() };
      known(queue).messages.push(message);
      return message;
    },
    accessRequests: ({ operation, input }) => [
      { action: `sqs:${operation}`, resource: find(input.QueueUrl)?.arn ?? String(input.QueueUrl) },
    ],
    async handle({ operation, input }) {
      switch (operation) {
        case 'SendMessage': {
          const { messageId } = service.send(input.QueueUrl, input.MessageBody);
          return { MessageId: messageId, MD5OfMessageBody: digest(String(input.MessageBody)) };
        }
        case 'GetQueueUrl':
          return { QueueUrl: known(input.QueueName).url };
        case 'ReceiveMessage': {
          const messages = service.messages(input.QueueUrl).slice(0, input.MaxNumberOfMessages ?? 1);
          return { Messages: messages.map(shown) };
        }
        case 'PurgeQueue':
          known(input.QueueUrl).messages.length = 0;
          return {};
        default:
          throw notOnThisMachine(`the SQS operation ${operation}`);
      }
    },
  };
  return service;
}

const digest = (body: string) => createHash('md5').update(body).digest('hex');

const shown = ({ messageId, body, at }: QueueMessage) => ({
  MessageId: messageId,
  ReceiptHandle: messageId,
  MD5OfBody: digest(body),
  Body: body,
  Attributes: { SentTimestamp: String(at) },
});
