/** Where AWS is and who calls. Functions say nothing of it: Lambda's environment does. */
export interface AwsAccess {
  region?: string;
  /** Named in the AWS configuration of whoever runs a command. */
  profile?: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  useFipsEndpoint?: boolean;
  useDualstackEndpoint?: boolean;
}

/**
 * How long functions wait for AWS. A time limit of the SDK's handler only writes a warning unless it is told to throw;
 * a call that got no answer would then last until Lambda ends the function, and be a bare error to whoever waits.
 */
const within = (connectionTimeout: number, requestTimeout: number) => ({
  connectionTimeout,
  requestTimeout,
  throwOnRequestTimeout: true,
});

/** All tries together end before a function that answers people does, which has 20 s. */
export const PATIENT = { maxAttempts: 3, requestHandler: within(1_000, 6_000) };

/** What the authorizer reads: it has 5 s in all, and at a cold start it fetches keys before. */
export const QUICK_READ = { maxAttempts: 2, requestHandler: within(500, 1_200) };

/** Keys, for whoever waits for them. */
export const QUICK_KEYS = { maxAttempts: 2, requestHandler: within(500, 1_000) };
