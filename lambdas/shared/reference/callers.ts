/** Who may call a route, in the words of the reference. What a caller may not see is absent for them. */
export const CALLERS = {
  anyone: 'Anybody, also without a credential.',
  permitted:
    'Whoever the app’s permissions let do it: people, service accounts, holders of passes; without a credential where the app is open to anybody.',
  staff: 'People, service accounts and robots who may view the record; no holder of a pass.',
  serviceCallers: 'Whoever holds a role that may call the service, and may sign in to the environment.',
  people: 'People who have signed in, about themselves.',
  credential: 'Anybody with a credential; what they may not see is left out.',
  siteCredential:
    'Anybody with a credential that is not for one environment alone; what they may not see is left out.',
  askers:
    'Whoever may call the service “access”, or may read accounts and sign in to the environment. People and service accounts may ask about themselves.',
  explainers: 'Whoever may call the service “access”, or may read accounts and sign in to the environment.',
  appReaders:
    'Owners, maintainers, developers, publishers, tenant administrators; roles with the design permission to read apps.',
  appMakers: 'Owners, maintainers, developers; roles with the design permission for it.',
  appDesigners: 'Owners, maintainers, developers; roles with the design permission for it.',
  draftWriters:
    'Owners, maintainers, developers; roles with the design permission “edit”, for what the app permits “changePermissions”. A draft that changes both needs both.',
  appPublishers:
    'Owners, maintainers, developers; roles with the design permission to publish into the environment, and for permissions that differ from what runs there “changePermissions”.',
  policyReaders:
    'Owners, maintainers, developers, tenant administrators; roles that may read all apps and environments.',
  siteReaders: 'Owners and tenant administrators.',
  designReaders:
    'Owners, maintainers, developers, tenant administrators; roles with the design permission to read it.',
  administrators:
    'Owners, maintainers, tenant administrators; roles with the design permission for it. Nobody gives what they do not hold.',
  passEditors: 'Whoever may edit the record of the pass’s holder in the tokens app.',
  passEnders: 'Whoever may delete the record of the pass’s holder in the tokens app.',
} as const;

export type Callers = keyof typeof CALLERS;
