/** An event as EventBridge carries it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** ISO 8601, UTC */
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}
