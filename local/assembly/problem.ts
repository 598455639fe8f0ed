/** Something in the template or the environment that the local system cannot run; the message says where and what. */
export class LocalSystemError extends Error {
  override name = 'LocalSystemError';
}

/** Refuses a template, naming the place (`Stack/LogicalId/Properties/…`) and what is wrong with it. */
export function refuse(place: string, problem: string): never {
  throw new LocalSystemError(`${place}: ${problem}`);
}
