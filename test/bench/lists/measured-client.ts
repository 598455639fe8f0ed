import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What calls have cost since the last reset. */
export interface Consumption {
  calls: number;
  items: number;
  units: number;
}

/** A client that asks for what each call consumes, and adds it up. */
export function measuredClient(client: DynamoDBDocumentClient) {
  let total: Consumption = { calls: 0, items: 0, units: 0 };
  const send = async (command: { input: object }) => {
    Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
    const answer = (await client.send(command as never)) as {
      ScannedCount?: number;
      ConsumedCapacity?: { CapacityUnits?: number };
    };
    total.calls += 1;
    total.items += answer.ScannedCount ?? 0;
    total.units += answer.ConsumedCapacity?.CapacityUnits ?? 0;
    return answer;
  };
  return {
    client: { send } as unknown as DynamoDBDocumentClient,
    /** What was consumed, and begins again. */
    take(): Consumption {
      const taken = total;
      total = { calls: 0, items: 0, units: 0 };
      return taken;
    },
  };
}
