import { ENVIRONMENTS } from '../../../core/environments.ts';
import { DaypassError, ERRORS, type Problem } from '../../../core/errors.ts';
import { type FormRequest, readForm } from '../../../core/records/form.ts';
import { addRecord, type OperationAnswer, runOperation } from '../../../core/records/operation.ts';
import type { FormAnswer } from '../../../core/records/record.ts';
import { Warned, type Warning, type WarningCode } from '../../../core/records/warnings.ts';
import type { Session } from '../../../core/runtime.ts';
import { formTokenOf } from '../../shared/http/forgery.ts';
import type { ApiResponse } from '../../shared/http/request.ts';
import type { Frame } from '../frame.ts';
import { FormPage } from '../pages/form.tsx';
import { page } from '../portal.ts';
import { readValues, sentOf, typedOf } from '../typed.ts';

/** Where a form stands: in whose session, under which frame, and what it leads back to. */
export interface FormPlace {
  session: Session;
  frame: Frame;
  back: { href: string; label: string };
  /** What it leads to, said before the button. */
  note?: string;
}

/** What a form was sent with. */
export interface SentForm {
  version?: string | undefined;
  once?: string | undefined;
  /** The warning that was shown and is to be gone over. */
  anyway?: unknown;
  /** Environments in which an account that is deleted is in use besides. */
  confirm?: unknown;
  [field: string]: unknown;
}

/** The form of an operation, with the stored values. */
export async function showForm(place: FormPlace, asked: FormRequest): Promise<ApiResponse> {
  return render(place, await readForm(place.session, asked), {});
}

/**
 * Runs an operation with what a form was sent with. When values are refused, or somebody else wrote in between, the
 * form comes back with everything that was typed.
 * @returns what was done, or the page to show instead
 * @throws DaypassError for everything that another try with the same form cannot mend
 */
export async function runForm(
  place: FormPlace,
  asked: FormRequest,
  sent: SentForm,
): Promise<{ done: OperationAnswer; form: FormAnswer } | { page: ApiResponse }> {
  const { session } = place;
  const form = await readForm(session, asked);
  const values = readValues(form.fields, sent);
  const common = {
    operation: asked.operation,
    values,
    // Whoever fills in a form is warned before anything is written, once of each.
    accepts: [sent.anyway ?? []].flat().map(String) as WarningCode[],
    ...(sent.once && { idempotencyKey: sent.once }),
  };
  try {
    const done =
      asked.recordId === undefined
        ? await addRecord(session, { ...common, app: asked.app, recordType: asked.recordType })
        : await runOperation(session, {
            ...common,
            recordId: asked.recordId,
            ...expected(form, sent),
            ...(sent.confirm !== undefined && { confirm: [sent.confirm].flat().map(String) }),
          });
    return { done, form };
  } catch (error) {
    if (error instanceof Warned) return { page: render(place, form, { sent, warning: error.warning }) };
    if (!(error instanceof DaypassError)) throw error;
    if (error.code === 'VALUES_INVALID' || error.code === 'LIMIT_EXCEEDED') {
      const problems = error.problems.length > 0 ? error.problems : [{ path: '', message: error.message }];
      return { page: render(place, form, { sent, problems }) };
    }
    if (error.code === 'VERSION_MISMATCH' || error.code === 'CONFLICT') {
      return { page: render(place, form, { sent, problems: differences(form, sent), refusal: MEANWHILE }) };
    }
    if (error.code === 'CONFIRMATION_NEEDED') {
      const confirm = ENVIRONMENTS.filter((name) =>
        error.problems.some(({ message }) => message.includes(name)),
      );
      return { page: render(place, form, { sent, refusal: error.message, confirm }) };
    }
    if (ABOUT_ACCOUNTS.has(error.code)) {
      return { page: render(place, form, { sent, refusal: ERRORS[error.code].title }) };
    }
    if (error.code === 'IDEMPOTENCY_MISMATCH')
      return { page: render(place, form, { sent, refusal: SENT_BEFORE }) };
    throw error;
  }
}

/** Refusals of what an operation does with user accounts: another value, or another person, can mend them. */
const ABOUT_ACCOUNTS: ReadonlySet<string> = new Set([
  'EMAIL_TAKEN',
  'EMAIL_IMMUTABLE',
  'OWN_ACCOUNT',
  'RATE_LIMITED',
  'ROLE_UNKNOWN',
]);
const SENT_BEFORE =
  'This form was sent before with other contents. To send it once more as it is now, press the button.';
const MEANWHILE = 'Somebody else changed this meanwhile. Check what differs, then send it again.';

/**
 * What overwrites or removes is bound to the version that was looked at. A step forward is not: it applies to the
 * record whatever else was written, and its state is checked all the same.
 */
function expected(form: FormAnswer, sent: SentForm): { expectedVersion?: number } {
  const bound = form.operation.kind === 'edit' || form.operation.kind === 'delete';
  return bound && sent.version !== undefined ? { expectedVersion: Number(sent.version) } : {};
}

/** The fields in which what was typed is not what is stored now, as far as that may be seen. */
function differences(form: FormAnswer, sent: SentForm): Problem[] {
  return form.fields
    .filter((field) => !field.hidden && field.id in readValues([field], sent))
    .map((field) => ({
      path: `/values/${field.id}`,
      message: `is stored as “${typedOf(field).list.join(', ') || 'nothing'}”`,
    }));
}

function render(
  { session, frame, back, note }: FormPlace,
  form: FormAnswer,
  again: {
    sent?: SentForm;
    problems?: readonly Problem[];
    refusal?: string;
    confirm?: readonly string[];
    warning?: Warning;
  },
): ApiResponse {
  const { sent, ...rest } = again;
  const refused = sent !== undefined;
  const { runtime, caller } = session;
  const title = form.record ? `${form.operation.name} ${form.record.title}` : form.operation.name;
  return page(
    frame,
    refused ? `${again.warning ? 'Warning' : 'Error'}: ${title}` : title,
    <FormPage
      form={form}
      formToken={formTokenOf(caller, runtime)}
      // The version that is read again with a refused form is the one that it is now measured against.
      once={runtime.newId()}
      {...(sent && { typedIn: (field: FormAnswer['fields'][number]) => sentOf(field, sent) })}
      {...rest}
      back={back}
      {...(note && { note })}
    />,
    { status: refused ? 422 : 200 },
  );
}
