/**
 * List prices in US dollars, us-east-1, on-demand, without free tiers, as published in 2026. Bodies below 4 KB,
 * functions on arm64.
 */
export const PRICES = {
  httpApiPerMillion: 1.0,
  restApiPerMillion: 3.5,
  lambdaPerMillion: 0.2,
  lambdaPerGbSecond: 0.0000133334,
  readUnitPerMillion: 0.125,
  writeUnitPerMillion: 0.625,
  transitionPerThousand: 0.025,
  mailPerThousand: 0.1,
  verifiedPermissionsPerMillion: 5.0,
  cognitoPerActiveUser: 0.015,
} as const;

export interface Measured {
  requests: number;
  read: number;
  write: number;
  transitions: number;
  /** Function time of one lifecycle, GB-seconds. */
  gbSeconds: number;
  /** Invocations of one lifecycle. */
  invocations: number;
}

export interface CostLine {
  design: string;
  /** Dollars per 1,000 lifecycles. */
  dollars: number;
  note: string;
}

/**
 * What 1,000 passes cost from work order to clean-up, and what the same measured work would cost with the services
 * that such a site is often built from instead: only the exchanged part differs.
 */
export function costs(measured: Measured): CostLine[] {
  const { requests, read, write, transitions, gbSeconds, invocations } = measured;
  const base =
    (invocations * PRICES.lambdaPerMillion) / 1e3 +
    gbSeconds * PRICES.lambdaPerGbSecond * 1e3 +
    (read * PRICES.readUnitPerMillion + write * PRICES.writeUnitPerMillion) / 1e3 +
    transitions * PRICES.transitionPerThousand +
    PRICES.mailPerThousand;
  const gateway = (perMillion: number) => (requests * perMillion) / 1e3;
  const line = (design: string, dollars: number, note: string): CostLine => ({
    design,
    dollars: Math.round(dollars * 1000) / 1000,
    note,
  });
  const ours = base + gateway(PRICES.httpApiPerMillion);
  return [
    line('Daypass', ours, 'HTTP API, own decision function, own tokens'),
    line('with a REST API', base + gateway(PRICES.restApiPerMillion), 'the same behind API Gateway REST'),
    line(
      'with Verified Permissions',
      ours + (requests * PRICES.verifiedPermissionsPerMillion) / 1e3,
      'one authorization request per HTTP request',
    ),
    line(
      'with Cognito users',
      ours + 1000 * PRICES.cognitoPerActiveUser,
      'every contractor a monthly active user of the Essentials tier',
    ),
  ];
}
