import { checkApp } from '../../../core/apps/check.ts';
import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import { newApp } from '../../../core/apps/ready-form.ts';
import { exampleApp, exampleApps, exampleNames } from '../../fixtures/property-management.ts';

type Document = AppDefinitionInput;
interface Mistake {
  of: string;
  break: (app: Document) => void;
  path: string;
  says: string | RegExp;
}

const [tokens] = exampleApps();
const names = exampleNames(tokens ? [tokens.definition] : []);
const problemsOf = (document: unknown) => checkApp(document, names).problems;

/** Test documents are changed in ways that types would refuse. */
// biome-ignore lint/suspicious/noExplicitAny: the point is to write what does not fit
const loose = (value: unknown) => value as any;
const type = (app: Document) => loose(app.recordTypes[0]);
const field = (app: Document, id: string) =>
  loose(type(app).fields.find((each: { id: string }) => each.id === id));
const operation = (app: Document, id: string) =>
  loose(type(app).operations.find((each: { id: string }) => each.id === id));
const view = (app: Document, id: string) =>
  loose(type(app).views.find((each: { id: string }) => each.id === id));
const at = '/recordTypes/0';

const SHAPE: Mistake[] = [
  {
    of: 'a misspelt property',
    break: (app) => Object.assign(field(app, 'number'), { requierd: true }),
    path: `${at}/fields/0/requierd`,
    says: 'Did you mean "required"?',
  },
  {
    of: 'a missing property, placed at what it is missing from',
    break: (app) => delete type(app).plural,
    path: at,
    says: '"plural" is missing; add it: a text is needed here',
  },
  {
    of: 'an unknown field type',
    break: (app) => Object.assign(field(app, 'number'), { type: 'strin' }),
    path: `${at}/fields/0/type`,
    says: 'Did you mean "string"?',
  },
  {
    of: 'a value of the wrong type',
    break: (app) => Object.assign(app, { tokenLifetimeDays: '30' }),
    path: '/tokenLifetimeDays',
    says: 'a number is needed here',
  },
  {
    of: 'a number out of range',
    break: (app) => Object.assign(app, { tokenLifetimeDays: 400 }),
    path: '/tokenLifetimeDays',
    says: 'at most 364',
  },
  {
    of: 'more than a hundred fields',
    break: (app) => {
      type(app).fields = Array.from({ length: 101 }, (_, n) => ({ id: `f${n}`, label: 'F', type: 'string' }));
    },
    path: `${at}/fields`,
    says: 'at most 100 entries',
  },
  {
    of: 'a field id that an expression would read as a subtraction',
    break: (app) => Object.assign(field(app, 'number'), { id: 'the-number' }),
    path: `${at}/fields/0/id`,
    says: 'an expression would read a hyphen as minus',
  },
  {
    of: 'a field id that every object has already',
    break: (app) => Object.assign(field(app, 'number'), { id: 'constructor' }),
    path: `${at}/fields/0/id`,
    says: 'choose another',
  },
];

const NAMES: Mistake[] = [
  {
    of: 'two fields of one id',
    break: (app) => Object.assign(field(app, 'building'), { id: 'number' }),
    path: `${at}/fields/1/id`,
    says: 'another field has the id "number"',
  },
  {
    of: 'a form that names no field',
    break: (app) => operation(app, 'complete').fields.push('completionNote'),
    path: `${at}/operations/4/fields/1`,
    says: 'there is no field "completionNote". Did you mean "completionNotes"?',
  },
  {
    of: 'a field that is listed twice',
    break: (app) => operation(app, 'complete').fields.push('completionNotes'),
    path: `${at}/operations/4/fields/1`,
    says: 'listed twice',
  },
  {
    of: 'a task that does not exist',
    break: (app) => Object.assign(operation(app, 'complete').tasks[0], { task: 'delete-contractor-tokn' }),
    path: `${at}/operations/4/tasks/0/task`,
    says: 'Did you mean "delete-contractor-token"?',
  },
  {
    of: 'a notification that does not exist',
    break: (app) =>
      operation(app, 'complete').notifications?.push('x') ??
      Object.assign(operation(app, 'complete'), { notifications: ['x'] }),
    path: `${at}/operations/4/notifications/0`,
    says: 'There is "contractor-work-order".',
  },
  {
    of: 'a column that does not exist',
    break: (app) => view(app, 'all').columns.push('colour'),
    path: `${at}/views/0/columns/7`,
    says: 'there is no field "colour"',
  },
  {
    of: 'an app that does not exist',
    break: (app) => Object.assign(field(app, 'contractorToken').target, { app: 'contractor-token' }),
    path: `${at}/fields/9/target/app`,
    says: 'Did you mean "contractor-tokens"?',
  },
  {
    of: 'a token field of an app that has no tokens',
    break: (app) => Object.assign(field(app, 'contractorToken').target, { app: 'work-orders' }),
    path: `${at}/fields/9/target/app`,
    says: 'refers to an app of kind tokens',
  },
  {
    of: 'a role that does not exist',
    break: (app) => Object.assign(loose(app.permissions?.[0]), { role: 'dispacher' }),
    path: '/permissions/0/role',
    says: 'Did you mean "dispatcher"?',
  },
  {
    of: 'a permission for an operation that does not exist',
    break: (app) => loose(app.permissions?.[0]).operations.push('export'),
    path: '/permissions/0/operations/5',
    says: 'there is no operation of Work Order "export"',
  },
  {
    of: 'a permission that is about a role and an account at once',
    break: (app) => Object.assign(loose(app.permissions?.[0]), { subject: 'dana' }),
    path: '/permissions/0',
    says: 'name whom it is about: a "role" or a "subject", one of them',
  },
  {
    of: 'a task with a misspelt part',
    break: (app) => Object.assign(loose(app.tasks?.[0]), { recordtype: 'work-order' }),
    path: '/tasks/0/recordtype',
    says: 'is not known here; remove it',
  },
  {
    of: 'a view without columns',
    break: (app) => {
      view(app, 'all').columns = [];
    },
    path: `${at}/views/0/columns`,
    says: 'at least 1',
  },
  {
    of: 'a permission that is about nobody',
    break: (app) => Object.assign(loose(app.permissions?.[0]), { role: undefined }),
    path: '/permissions/0',
    says: 'name whom it is about',
  },
  {
    of: 'a permission for what is no id of an account',
    break: (app) =>
      Object.assign(loose(app.permissions?.[0]), { role: undefined, subject: 'dana@abc.example' }),
    path: '/permissions/0/subject',
    says: 'name an account by its id',
  },
  {
    of: 'a denial with fields',
    break: (app) => Object.assign(loose(app.permissions?.[1]), { effect: 'deny' }),
    path: '/permissions/1/fields',
    says: 'what is denied is denied whole',
  },
  {
    of: 'a denial of a list on some records',
    break: (app) =>
      Object.assign(loose(app.permissions?.[1]), { effect: 'deny', fields: undefined, views: ['all'] }),
    path: '/permissions/1/views',
    says: 'deny it in a permission of its own, without "when"',
  },
  {
    of: 'a check where nothing is saved',
    break: (app) => Object.assign(loose(app.permissions?.[1]), { check: 'record.building == "Mill House"' }),
    path: '/permissions/1/check',
    says: '"view", "assigned-to-me" saves no record; name it in a permission of its own, without "check"',
  },
  {
    of: 'a check of what is not stored',
    break: (app) => Object.assign(loose(app.permissions?.[3]), { check: 'record.contractorLink == "x"' }),
    path: '/permissions/3/check',
    says: '"contractorLink" cannot be used here',
  },
  {
    of: 'a check of a state that there is not',
    break: (app) => Object.assign(loose(app.permissions?.[3]), { check: 'record.state == "Actve"' }),
    path: '/permissions/3/check',
    says: 'record.state is never "Actve". Did you mean "Active"?',
  },
  {
    of: 'a denial of nothing',
    break: (app) => Object.assign(loose(app.permissions?.[0]), { effect: 'deny', operations: [], views: [] }),
    path: '/permissions/0',
    says: 'this forbids nothing',
  },
  {
    of: 'fields for an operation that the permission does not grant',
    break: (app) => Object.assign(loose(app.permissions?.[1]).fields, { edit: ['dueDate'] }),
    path: '/permissions/1/fields/edit',
    says: 'not among the operations of this permission',
  },
  {
    of: 'a robot that does not exist',
    break: (app) => Object.assign(app, { robot: 'work-order-robt' }),
    path: '/robot',
    says: 'Did you mean "work-order-robot"?',
  },
  {
    of: 'a title that is no field',
    break: (app) => Object.assign(type(app), { titleField: 'nummer' }),
    path: `${at}/titleField`,
    says: 'Did you mean "number"?',
  },
  {
    of: 'a due date that is no date',
    break: (app) => Object.assign(type(app), { dueDateField: 'number' }),
    path: `${at}/dueDateField`,
    says: 'name a stored one that holds a date',
  },
];

const STATES: Mistake[] = [
  {
    of: 'a transition to a state that does not exist',
    break: (app) => Object.assign(operation(app, 'complete'), { to: 'Close' }),
    path: `${at}/operations/4/to`,
    says: 'Did you mean "Closed"?',
  },
  {
    of: 'a transition from nowhere',
    break: (app) => delete operation(app, 'complete').from,
    path: `${at}/operations/4`,
    says: 'a transition needs "from"',
  },
  {
    of: 'a state that nothing leads to',
    break: (app) => type(app).states.push({ id: 'Archived', name: 'Archived' }),
    path: `${at}/states/2`,
    says: 'no operation leads to the state "Archived"',
  },
  {
    of: 'an edit that claims to change the state',
    break: (app) => Object.assign(operation(app, 'edit'), { to: 'Closed' }),
    path: `${at}/operations/2/to`,
    says: 'only a transition',
  },
  {
    of: 'a form of a new record without a required field',
    break: (app) => operation(app, 'add').fields.shift(),
    path: `${at}/operations/0/fields`,
    says: '"number" is required and not on this form',
  },
  {
    of: 'an operation that could not be written in one transaction',
    break: (app) => {
      const action = loose(app.tasks?.[1]?.actions[0]);
      loose(app.tasks?.[1]).actions = Array.from({ length: 10 }, (_, n) => ({
        ...action,
        id: `delete-${n}`,
      }));
      operation(app, 'complete').tasks = Array.from({ length: 3 }, () => ({
        task: 'delete-contractor-token',
      }));
    },
    path: `${at}/operations/4`,
    says: /up to \d+ items in one transaction, and 90 are possible/,
  },
];

const EXPRESSIONS: Mistake[] = [
  {
    of: 'a condition over a field that does not exist',
    break: (app) => Object.assign(field(app, 'contractorName'), { visibleIf: 'record.external == "Yes"' }),
    path: `${at}/fields/7/visibleIf`,
    says: 'record has no field external',
  },
  {
    of: 'a condition whose types do not fit',
    break: (app) => Object.assign(field(app, 'contractorName'), { visibleIf: 'record.dueDate > 5' }),
    path: `${at}/fields/7/visibleIf`,
    says: 'timestamp',
  },
  {
    of: 'a condition that is no condition',
    break: (app) => Object.assign(field(app, 'contractorName'), { visibleIf: 'record.number' }),
    path: `${at}/fields/7/visibleIf`,
    says: 'a bool is needed here',
  },
  {
    of: 'a default of another type',
    break: (app) => Object.assign(field(app, 'number'), { default: '1 + 1' }),
    path: `${at}/fields/0/default`,
    says: 'a string is needed here',
  },
  {
    of: 'a default that is none of the choices',
    break: (app) => Object.assign(field(app, 'category'), { default: '"Cleanin"' }),
    path: `${at}/fields/2/default`,
    says: 'Did you mean "Cleaning"?',
  },
  {
    of: 'a filter over a parameter that the view does not declare',
    break: (app) => Object.assign(view(app, 'all'), { filter: 'record.building == params.building' }),
    path: `${at}/views/0/filter`,
    says: 'nothing is called params here',
  },
  {
    of: 'an equality that the filter does not demand',
    break: (app) => Object.assign(view(app, 'my-work-orders'), { equality: ['building'] }),
    path: `${at}/views/2/equality/0`,
    says: 'the filter does not demand record.building == a value',
  },
  {
    of: 'a formula that asks who reads it',
    break: (app) => Object.assign(field(app, 'contractorLink'), { formula: 'record.number + me.id' }),
    path: `${at}/fields/10/formula`,
    says: 'me has no field id',
  },
  {
    of: 'a condition that looks through a reference',
    break: (app) => {
      const target = { app: 'work-orders' };
      type(app).fields.push({ id: 'parent', label: 'Parent', type: 'reference', target });
      Object.assign(field(app, 'contractorName'), { visibleIf: 'record.parent.number == "1"' });
    },
    path: `${at}/fields/7/visibleIf`,
    says: 'cannot look through a reference yet; keep what it needs in a field of this record',
  },
  {
    of: 'a permission that looks through a reference',
    break: (app) => {
      const target = { app: 'work-orders' };
      type(app).fields.push({ id: 'parent', label: 'Parent', type: 'reference', target });
      Object.assign(loose(app.permissions?.[0]), { when: 'has(record.parent.number)' });
    },
    path: '/permissions/0/when',
    says: 'cannot look through a reference yet',
  },
  {
    of: 'formulas in a circle',
    break: (app) => {
      type(app).fields.push({ id: 'a', label: 'A', type: 'formula', formula: 'record.b + "x"' });
      type(app).fields.push({ id: 'b', label: 'B', type: 'formula', formula: 'record.a + "x"' });
    },
    path: `${at}/fields/12/formula`,
    says: 'a circle: a → b → a',
  },
];

const LITERALS: Mistake[] = [
  {
    of: 'a filter on a state that does not exist',
    break: (app) => Object.assign(view(app, 'all'), { filter: 'record.state == "Actve"' }),
    path: `${at}/views/0/filter`,
    says: 'record.state is never "Actve". Did you mean "Active"?',
  },
  {
    of: 'a condition on a choice that does not exist',
    break: (app) =>
      Object.assign(field(app, 'contractorName'), { visibleIf: '"yes" in record.externalContractor' }),
    path: `${at}/fields/7/visibleIf`,
    says: 'record.externalContractor is never "yes". Did you mean "Yes"?',
  },
  {
    of: 'a permission on one of several choices that does not exist',
    break: (app) =>
      Object.assign(loose(app.permissions?.[1]), { when: 'record.category in ["Cleaning", "Repair"]' }),
    path: '/permissions/1/when',
    says: 'record.category is never "Repair". There is "Cleaning", "Maintenance", "Specialist".',
  },
  {
    of: 'an operation that nothing carries out',
    break: (app) => type(app).operations.push({ id: 'export', name: 'Export', kind: 'export' }),
    path: `${at}/operations/6/kind`,
    says: 'not carried out yet',
  },
];

const SECRETS: Mistake[] = [
  {
    of: 'a condition on a secret formula',
    break: (app) => Object.assign(field(app, 'completionNotes'), { visibleIf: 'has(record.contractorLink)' }),
    path: `${at}/fields/11/visibleIf`,
    says: 'it reads a token, and what reads a token is secret',
  },
  {
    of: 'a secret formula in a list',
    break: (app) => view(app, 'all').columns.push('contractorLink'),
    path: `${at}/views/0/columns/7`,
    says: '"contractorLink" reads a token',
  },
  {
    of: 'a formula that reads a token through another formula, in a list',
    break: (app) => {
      type(app).fields.push({
        id: 'copy',
        label: 'C',
        type: 'formula',
        formula: 'record.contractorLink + ""',
      });
      view(app, 'all').columns.push('copy');
    },
    path: `${at}/views/0/columns/7`,
    says: '"copy" reads a token',
  },
  {
    of: 'a filter on a secret formula',
    break: (app) => Object.assign(view(app, 'all'), { filter: 'record.contractorLink == "x"' }),
    path: `${at}/views/0/filter`,
    says: 'secret',
  },
  {
    of: 'a list in the order of a secret formula',
    break: (app) => Object.assign(view(app, 'all'), { sort: { field: 'contractorLink' } }),
    path: `${at}/views/0/sort/field`,
    says: 'a list cannot be in the order of "contractorLink"',
  },
  {
    of: 'a default that copies a secret formula',
    break: (app) => Object.assign(field(app, 'completionNotes'), { default: 'record.contractorLink' }),
    path: `${at}/fields/11/default`,
    says: 'secret',
  },
  {
    of: 'a mail to what is no address',
    break: (app) =>
      Object.assign(loose(app.notifications?.[0]), {
        to: 'record.contractorEmail == "" ? "desk@abc" : record.contractorEmail',
      }),
    path: '/notifications/0/to',
    says: '"desk@abc" is no email address; write one like name@example.org',
  },
  {
    of: 'answers to an encoded word',
    break: (app) => Object.assign(loose(app.notifications?.[0]), { replyTo: '"=?utf-8?q?x?=@abc.example"' }),
    path: '/notifications/0/replyTo',
    says: 'is no email address',
  },
  {
    of: 'a mapping that copies a secret formula to another app',
    break: (app) =>
      Object.assign(loose(app.tasks?.[0]?.actions[0]).fields, { name: 'record.contractorLink' }),
    path: '/tasks/0/actions/0/fields/name',
    says: 'secret',
  },
  {
    of: 'a subject that holds a secret formula',
    break: (app) => Object.assign(loose(app.notifications?.[0]), { subject: 'record.contractorLink' }),
    path: '/notifications/0/subject',
    says: 'secret',
  },
  {
    of: 'a token among the fields that a mail lists',
    break: (app) => loose(app.notifications?.[0]).fields.push('contractorToken'),
    path: '/notifications/0/fields/3',
    says: '"contractorToken" is a token; list the formula that makes a link of it instead',
  },
  ...['to', 'subject', 'body'].map((part) => ({
    of: `a token as the ${part} of a mail that an operation sends`,
    break: (app: Document) => {
      const texts = { to: '"a@b.example"', subject: '"S"', body: '"B"' };
      operation(app, 'edit').actions = [
        { id: 'tell', title: 'T', kind: 'sendEmail', ...texts, [part]: 'record.contractorToken' },
      ];
    },
    path: `${at}/operations/2/actions/0/${part}`,
    says: '"contractorToken" is a token, which is neither for accounts nor for mails',
  })),
  {
    of: 'a permission that depends on a secret formula',
    break: (app) =>
      Object.assign(loose(app.permissions?.[1]), { when: 'record.contractorLink.startsWith("h")' }),
    path: '/permissions/1/when',
    says: 'secret',
  },
  {
    of: 'a token that is returned to a field of text',
    break: (app) =>
      Object.assign(loose(app.tasks?.[0]?.actions[0]).returns, { completionNotes: 'result.token' }),
    path: '/tasks/0/actions/0/returns/completionNotes',
    says: 'result.token is a token',
  },
  {
    of: 'a token field that takes what is no token',
    break: (app) =>
      Object.assign(loose(app.tasks?.[0]?.actions[0]).returns, { contractorToken: 'result.name' }),
    path: '/tasks/0/actions/0/returns/contractorToken',
    says: 'nothing else can be a token',
  },
  {
    of: 'a field that is never stored, in a list',
    break: (app) => {
      type(app).fields.push({ id: 'hint', label: 'Hint', type: 'string', runtimeOnly: true });
      view(app, 'all').columns.push('hint');
    },
    path: `${at}/views/0/columns/7`,
    says: 'never stored',
  },
];

const TASKS: Mistake[] = [
  {
    of: 'a target that does not exist',
    break: (app) => Object.assign(loose(app.tasks?.[0]?.actions[0]).target, { operation: 'add-usr' }),
    path: '/tasks/0/actions/0/target/operation',
    says: 'Did you mean "add-user"?',
  },
  {
    of: 'a target field that does not exist',
    break: (app) => Object.assign(loose(app.tasks?.[0]?.actions[0]).fields, { telephone: '"1"' }),
    path: '/tasks/0/actions/0/fields/telephone',
    says: 'there is no field of Contractor "telephone"',
  },
  {
    of: 'a value for what the system makes',
    break: (app) => Object.assign(loose(app.tasks?.[0]?.actions[0]).fields, { token: '"1"' }),
    path: '/tasks/0/actions/0/fields/token',
    says: 'never written',
  },
  {
    of: 'a required field of the target that nothing fills',
    break: (app) => delete loose(app.tasks?.[0]?.actions[0]).fields.email,
    path: '/tasks/0/actions/0/fields',
    says: 'Contractor needs a value for "email"',
  },
  {
    of: 'a mapping of the wrong type',
    break: (app) => Object.assign(loose(app.tasks?.[0]?.actions[0]).fields, { name: 'record.dueDate' }),
    path: '/tasks/0/actions/0/fields/name',
    says: 'its result is a timestamp',
  },
  {
    of: 'a deletion that does not say of what',
    break: (app) => delete loose(app.tasks?.[1]?.actions[0]).source,
    path: '/tasks/1/actions/0',
    says: 'add "source", the view that finds them',
  },
  {
    of: 'a view without its parameter',
    break: (app) => Object.assign(loose(app.tasks?.[1]?.actions[0]).source, { parameters: {} }),
    path: '/tasks/1/actions/0/source/parameters',
    says: 'needs its parameter "token"',
  },
  {
    of: 'a return to a field that does not exist',
    break: (app) => Object.assign(loose(app.tasks?.[0]?.actions[0]).returns, { assignee: 'result.self' }),
    path: '/tasks/0/actions/0/returns/assignee',
    says: 'there is no field of Work Order "assignee"',
  },
];

const RUNNABLE: Mistake[] = [
  {
    of: 'a second data action, which no workflow would run',
    break: (app) => loose(app.tasks?.[0]).actions.push({ ...loose(app.tasks?.[0]?.actions[0]), id: 'again' }),
    path: '/tasks/0/actions/1',
    says: 'a task has one data action',
  },
  {
    of: 'a task that concerns no pass',
    break: (app) =>
      Object.assign(loose(app.tasks?.[0]?.actions[0]), {
        target: { app: 'work-orders', recordType: 'work-order', operation: 'add' },
      }),
    path: '/tasks/0/actions/0/target',
    says: 'choose such an operation of an app of kind tokens',
  },
  {
    of: 'two tasks that issue a pass for one record',
    break: (app) => operation(app, 'add').tasks.push({ task: 'create-contractor-token' }),
    path: `${at}/operations/0/tasks/1`,
    says: 'a record has one pass at a time',
  },
  {
    of: 'two tasks that end the pass of one record',
    break: (app) => operation(app, 'complete').tasks.push({ task: 'delete-contractor-token' }),
    path: `${at}/operations/4/tasks/1`,
    says: 'remove one of the tasks that end it',
  },
  {
    of: 'a mail that nothing would send',
    break: (app) => Object.assign(operation(app, 'complete'), { notifications: ['contractor-work-order'] }),
    path: `${at}/operations/4/notifications`,
    says: 'attach a task that issues one',
  },
  {
    of: 'returns in a state in which nothing can be edited',
    break: (app) => Object.assign(operation(app, 'edit'), { from: ['Active'] }),
    path: `${at}/operations/4/tasks/0`,
    says: 'not offered in the state "Closed"',
  },
  {
    of: 'returns to a record type that has no edit',
    break: (app) => {
      type(app).operations = type(app).operations.filter(({ kind }: { kind: string }) => kind !== 'edit');
      app.permissions = [];
    },
    path: `${at}/operations/0/tasks/0`,
    says: 'give Work Order an operation of kind edit',
  },
];

/** The technician views neither, and the contractors do not either; the dispatcher views all. */
const UNSEEN: Mistake[] = [
  {
    of: 'an order that tells what somebody who opens the list may not view',
    break: (app) => Object.assign(view(app, 'my-work-orders'), { sort: { field: 'contractorName' } }),
    path: `${at}/views/2/sort/field`,
    says: 'the role "property-contractors" can open this list and may not view "contractorName"',
  },
  {
    of: 'a parameter that does, also one of several, under a negation',
    break: (app) =>
      Object.assign(view(app, 'assigned-to-me'), {
        filter:
          'record.assignedTo == me.id && !(record.number == params.a || record.contractorEmail == params.b)',
        parameters: [
          { id: 'a', type: 'string' },
          { id: 'b', type: 'email' },
        ],
      }),
    path: `${at}/views/1/filter`,
    says: 'the role "technician" can open this list and may not view "contractorEmail"',
  },
  {
    of: 'a parameter that asks who created a record, of whom that is not told',
    break: (app) =>
      Object.assign(view(app, 'assigned-to-me'), {
        filter: 'record.assignedTo == me.id && record.createdBy == params.by',
        parameters: [{ id: 'by', type: 'user' }],
      }),
    path: `${at}/views/1/filter`,
    says: 'may not view "createdBy"',
  },
  {
    of: 'an order by what is viewed of some records only',
    break: (app) => {
      Object.assign(view(app, 'assigned-to-me'), { sort: { field: 'contractorName' } });
      const when = 'record.assignedTo == me.id && record.category == "Cleaning"';
      app.permissions?.push({ role: 'technician', recordType: 'work-order', operations: ['view'], when });
    },
    path: `${at}/views/1/sort/field`,
    says: 'the role "technician"',
  },
  {
    of: 'an order for somebody who opens the list for what other roles show',
    break: (app) => {
      Object.assign(view(app, 'my-work-orders'), { sort: { field: 'category' } });
      loose(app.permissions?.[2]).fields.view = ['number'];
      loose(app.permissions?.[2]).views = undefined;
      app.permissions?.push({
        role: 'AuthenticatedUser',
        recordType: 'work-order',
        views: ['my-work-orders'],
      });
    },
    path: `${at}/views/2/sort/field`,
    says: 'the role "AuthenticatedUser"',
  },
];

const ANYBODY: Mistake[] = [
  {
    of: 'a form for anybody that would list all users',
    break: (app) =>
      app.permissions?.push({ role: 'NonAuthenticatedUser', recordType: 'work-order', operations: ['add'] }),
    path: '/permissions/5/operations/0',
    says: 'anybody could read the names of all users from "assignedTo" on this form; leave it out',
  },
  {
    of: 'a form for anybody that would list all roles',
    break: (app) => {
      type(app).fields.push({ id: 'team', label: 'Team', type: 'roles' });
      operation(app, 'complete').fields.push('team');
      const fields = { complete: ['completionNotes', 'team'] };
      const operations = ['complete'];
      app.permissions?.push({ role: 'NonAuthenticatedUser', recordType: 'work-order', operations, fields });
    },
    path: '/permissions/5/operations/0',
    says: 'anybody could read the names of all roles from "team" on this form; say with "rolesFrom"',
  },
];

const groups = { ANYBODY, UNSEEN, SHAPE, NAMES, STATES, EXPRESSIONS, SECRETS, TASKS, RUNNABLE, LITERALS };

describe('a definition is refused with the path in the document and what to do:', () => {
  for (const mistakes of Object.values(groups)) {
    it.each(mistakes)('$of', ({ break: breakIt, path, says }) => {
      const app = exampleApp('work-orders');
      breakIt(app);

      const problems = problemsOf(app);
      const there = problems.filter((problem) => problem.path === path).map((problem) => problem.message);

      expect({ problems, there: there.join('\n') }).toEqual({
        problems,
        there: says instanceof RegExp ? expect.stringMatching(says) : expect.stringContaining(says),
      });
    });
  }

  it('the worked example has no problem, and neither has a new app of any kind', () => {
    expect(problemsOf(exampleApp('work-orders'))).toEqual([]);
    expect(problemsOf(exampleApp('contractor-tokens'))).toEqual([]);
    for (const kind of ['records', 'users', 'tokens'] as const) {
      expect(problemsOf(newApp({ id: 'fresh', name: 'Fresh', kind }))).toEqual([]);
    }
  });

  it('a form for anybody may take everything else, and roles of which it is said which may be chosen', () => {
    const app = exampleApp('work-orders');
    type(app).fields.push({ id: 'team', label: 'Team', type: 'roles', rolesFrom: ['technician'] });
    operation(app, 'add').fields.push('team');
    const fields = {
      add: operation(app, 'add').fields.filter(
        (id: string) => id !== 'assignedTo' && id !== 'contractorToken',
      ),
    };
    const operations = ['add', 'view'];
    app.permissions?.push({ role: 'NonAuthenticatedUser', recordType: 'work-order', operations, fields });
    app.permissions?.push({
      role: 'NonAuthenticatedUser',
      effect: 'deny',
      recordType: 'work-order',
      operations: ['edit'],
    });
    expect(problemsOf(app)).toEqual([]);
  });

  it('a list may be ordered and asked by what everybody who opens it views, and filtered by anything', () => {
    const app = exampleApp('work-orders');
    const parameters = [{ id: 'name', type: 'string' }];
    Object.assign(view(app, 'all'), {
      sort: { field: 'contractorName' },
      filter: 'record.contractorName == params.name',
      parameters,
    });
    Object.assign(view(app, 'assigned-to-me'), {
      sort: { field: 'createdAt' },
      filter:
        'record.assignedTo == me.id && record.contractorName == "Lifts" && record.building == params.name',
      parameters,
    });
    expect(problemsOf(app)).toEqual([]);
  });

  it('several mistakes are told at once', () => {
    const app = exampleApp('work-orders');
    Object.assign(type(app), { initialState: 'Activ', titleField: 'nummer' });
    view(app, 'all').columns.push('colour');

    expect(problemsOf(app).map(({ path }) => path)).toEqual([
      `${at}/titleField`,
      `${at}/initialState`,
      `${at}/views/0/columns/7`,
    ]);
  });
});
