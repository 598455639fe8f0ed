import type { Leaf } from './binding.ts';

/** False wins over what cannot be evaluated, on either side, as CEL has it. */
export function compileAnd<Input>(left: Leaf<Input>, right: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const a = left(input, record);
    if (a === false) return false;
    const b = right(input, record);
    if (b === false) return false;
    return a === true && b === true ? true : undefined;
  };
}

/** True wins over what cannot be evaluated, on either side, as CEL has it. */
export function compileOr<Input>(left: Leaf<Input>, right: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const a = left(input, record);
    if (a === true) return true;
    const b = right(input, record);
    if (b === true) return true;
    return a === false && b === false ? false : undefined;
  };
}

export function compileNot<Input>(operand: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const value = operand(input, record);
    return typeof value === 'boolean' ? !value : undefined;
  };
}

/** `condition ? yes : no`: only the chosen side is evaluated. */
export function compileChoice<Input>(condition: Leaf<Input>, yes: Leaf<Input>, no: Leaf<Input>): Leaf<Input> {
  return (input, record) => {
    const chosen = condition(input, record);
    return chosen === true ? yes(input, record) : chosen === false ? no(input, record) : undefined;
  };
}
