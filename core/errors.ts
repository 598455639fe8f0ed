/**
 * The one registry of errors: a stable code, the HTTP status it answers with, and a title that says what to do next.
 * The detail of a single occurrence (which field, which limit) is given where it is thrown; it never holds a secret.
 */
export const ERRORS = {
  REQUEST_MALFORMED: {
    status: 400,
    title: 'The request could not be read. Correct the named part and send it again.',
  },
  REQUEST_INVALID: { status: 400, title: 'The request does not fit this address. Correct the named fields.' },
  CREDENTIAL_INVALID: {
    status: 401,
    title: 'The credential is not valid. Sign in again, or use a live API key.',
  },
  CREDENTIAL_MISSING: { status: 401, title: 'Sign in, or send an API key, to use this address.' },
  FORBIDDEN: { status: 403, title: 'You may not do this. Ask an administrator if you need to.' },
  SIGN_IN_REFUSED: {
    status: 403,
    title:
      'Signing in did not work. Begin again, have a link mailed to you, or ask an administrator whether you have an account here.',
  },
  OWN_ACCOUNT: { status: 403, title: 'Nobody deletes their own account. Ask another administrator.' },
  ORIGIN_REFUSED: {
    status: 403,
    title: 'The request came from another site. Open the page again and repeat it there.',
  },
  NOT_FOUND: { status: 404, title: 'There is nothing here that you can reach.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take this method. See the Allow header.' },
  CONFLICT: { status: 409, title: 'Somebody else was writing at the same moment. Read again and repeat.' },
  STATE_REFUSED: { status: 409, title: 'The record is in a state that does not offer this operation.' },
  ALREADY_EXISTS: { status: 409, title: 'It exists already. Choose another id, or change the existing one.' },
  EMAIL_TAKEN: { status: 409, title: 'Somebody has this email already. Use theirs, or another address.' },
  LAST_OWNER: { status: 409, title: 'The last owner stays. Make somebody else an owner first.' },
  ROLE_IN_USE: { status: 409, title: 'The role is in use. Take it away at the named places first.' },
  CONFIRMATION_NEEDED: {
    status: 409,
    title: 'This reaches further than here. Confirm it with the named environments.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 409,
    title: 'This Idempotency-Key was used with another body. Use a new key.',
  },
  APP_KIND_IMMUTABLE: { status: 409, title: "An app's kind cannot be changed. Create another app." },
  ROBOT_MISSING: {
    status: 409,
    title: 'An app with tasks needs a robot to run them. Assign one, then publish.',
  },
  ROBOT_REFUSED: {
    status: 409,
    title: "The app's robot cannot do its part. Ask an administrator to mend what it lacks.",
  },
  PASS_ENDED: {
    status: 410,
    title: 'This pass has ended. Ask your contact for a new link if there is more to do.',
  },
  VERSION_MISMATCH: {
    status: 412,
    title: 'The record has changed since you read it. Read again, then repeat.',
  },
  TOO_LARGE: { status: 413, title: 'The request is larger than this address takes.' },
  MEDIA_TYPE: { status: 415, title: 'Send the body as application/json.' },
  VALUES_INVALID: { status: 422, title: 'Some values are not accepted. Correct the named fields.' },
  EMAIL_IMMUTABLE: {
    status: 422,
    title: 'An email cannot be changed. Delete the account and create one with the new address.',
  },
  ROLE_UNKNOWN: { status: 422, title: 'There is no such role. Name one that the site has.' },
  DEFINITION_INVALID: { status: 422, title: 'The definition has mistakes. Correct the named places.' },
  EXPRESSION_INVALID: { status: 422, title: 'An expression cannot be used. Correct it at the named place.' },
  LIMIT_EXCEEDED: { status: 422, title: 'A limit would be exceeded. Make it smaller, or split it.' },
  VERSION_REQUIRED: { status: 428, title: 'Send If-Match with the version that you read.' },
  RATE_LIMITED: { status: 429, title: 'Too many requests. Wait as long as Retry-After says.' },
  INTERNAL: {
    status: 500,
    title: 'Something failed on our side. Repeat later; quote the request id if it goes on.',
  },
  MAIL_FAILED: {
    status: 502,
    title: 'The mail was not sent. Mend what the reason names, or repeat it later.',
  },
  LIST_NOT_READY: {
    status: 503,
    title:
      'This list is being prepared for the records that were there before it. Open it again in a few minutes.',
  },
  UNAVAILABLE: { status: 503, title: 'Busy just now. Repeat in a moment.' },
  MAIL_UNCERTAIN: {
    status: 504,
    title:
      'The mail service gave no answer: the mail may have arrived. Ask whoever waits for it before you send it once more.',
  },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One place in a request or definition that has to be corrected. `path` is a JSON pointer or field id. */
export interface Problem {
  path: string;
  message: string;
}

/** Thrown by the domain and the edges; mapped once, in the middleware stack, to a problem document or page. */
export class DaypassError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, detail?: string, problems: readonly Problem[] = []) {
    super(detail ?? ERRORS[code].title);
    this.name = 'DaypassError';
    this.code = code;
    this.problems = problems;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
