/** What of a configuration is to be seen in the resources. */
export interface Site {
  stage: string;
  account: string;
  siteId: string;
  siteUrl: string;
  tokenLifetimeDays: string;
  sender: string;
  replyTo: string;
  identity: string;
  logDays: number;
  logLevel: string;
  domain?: { name: string; certificateArn: string; zone: string };
  alarmEmail?: string;
  issuer?: Record<string, string>;
}

export const plain = (name: string) => name.replaceAll('-', '');
export const lambdaArn = (name: string) => `<${plain(name)}Function.Arn>`;

/** How a site names what is its own, and what several kinds of resources share. */
export function partsOf(site: Site) {
  const named = (part: string) => `daypass-${site.stage}-${part}`;
  const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:${site.account}:${rest}`;
  const logs = (LogGroupName: string) => ({
    LogGroupName,
    RetentionInDays: site.logDays,
    policies: 'Delete/Delete',
  });
  const role = (service: string, what: string) => ({
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: `${service}.amazonaws.com` },
        },
      ],
    },
    Description: `Daypass ${site.stage}, ${what}`,
  });
  const permission = (FunctionName: string, caller: string, SourceArn: string) => ({
    Action: 'lambda:InvokeFunction',
    FunctionName,
    Principal: `${caller}.amazonaws.com`,
    SourceArn,
  });
  return { named, arn, logs, role, permission };
}
