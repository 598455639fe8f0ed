/**
 * Makes this thread's `Date` follow the system's clock, whose offset and freeze stand in shared memory
 * (see `Clock.shared`). Code that asks for the time needs no change for it.
 */
export function followClock(shared: SharedArrayBuffer): void {
  const slots = new BigInt64Array(shared);
  const RealDate = Date;
  const now = (): number => Number(Atomics.load(slots, 1)) || RealDate.now() + Number(Atomics.load(slots, 0));

  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  });
  RealDate.prototype.constructor = globalThis.Date;
}
