import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Where a DynamoDB Local answers. */
export interface DynamodbAddress {
  endpoint: string;
  /** One that was not started to share its data keeps the tables of each key apart. Letters and digits; default `LOCAL`. */
  accessKeyId?: string;
}

/** An answer of DynamoDB Local, as bytes and as JSON. */
export interface DynamodbAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** DynamoDB Local looks at nothing but the shape of a signature, and at whose it is. */
const signatureOf = (accessKeyId: string) =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20000101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;

/** Sends one request of the JSON protocol to DynamoDB Local; `target` is `DynamoDB_20120810.PutItem` and the like. */
export function requestDynamodb(
  { endpoint, accessKeyId = 'LOCAL' }: DynamodbAddress,
  target: string,
  input: object,
): Promise<DynamodbAnswer> {
  const payload = JSON.stringify(input);
  return new Promise((resolve, reject) => {
    const outgoing = request(endpoint, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(payload),
        'x-amz-target': target,
        authorization: signatureOf(accessKeyId),
      },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 500, body: text ? JSON.parse(text) : {} });
      });
    });
    outgoing.end(payload);
  });
}

/** As `requestDynamodb`, for the runner's own calls: throws an error named as DynamoDB names it. */
export async function callDynamodb<T>(at: DynamodbAddress, target: string, input: object): Promise<T> {
  const { status, body } = await requestDynamodb(at, target, input);
  if (status === 200) return body as T;
  const name = String(body.__type ?? 'UnknownError')
    .split('#')
    .at(-1);
  throw Object.assign(new Error(String(body.message ?? body.Message ?? name)), { name });
}
