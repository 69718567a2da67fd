// The short way from Python to an operator: three numbers in, one out, with more of them in shared memory.
//
// Note [Short calls]. What Pyodide offers for calling JavaScript costs about a microsecond, since every argument
// and the answer become objects. A system call of C costs a tenth of that: three numbers that WASM hands over as
// they are. So Python calls `fcntl.fcntl(first, command, third)` with a command that no system has, and the sandbox
// brings it here. C has let go of Python's lock meanwhile: nothing that runs here may call Python. Where an
// operator wants to (a warning, a hook), the call is given up before it had any effect and made the long way.
import { modes } from "../../autograd/modes";
import { resetSequence, sequenceNow } from "../../autograd/node";
import type { OperatorEntry } from "../../ops/define";
import type { Param } from "../../ops/schema";
import { recording } from "../../record/hook";
import { dtypeOfCode } from "../../tensor/dtype";
import type { Tensor } from "../../tensor/tensor";
import { NeedsPython } from "../plug";
import { defaultOf, defaultsFrom, scalar } from "./arguments";
import { FAILED, keepFailure } from "./failure";
import { giveOrZero, tensors } from "./handles";
import type { SharedMemory } from "./memory";

/** How a command is put together: 2 bits of form, 11 of the operator's number, the site; torch/_dispatch.py does. */
const NUMBER_SHIFT = 2;
const SITE_SHIFT = 13;
const NUMBERS = 2047;

/** What is behind the first handle: nothing; another tensor's handle; a number of the kind `third`; `third` slots. */
const FORM = { tensor: 0, tensors: 1, number: 2, slots: 3 } as const;

/** The number that stands for binding a name: `third` is the place. */
const BIND = NUMBERS;
/** That stands for giving back the `third` handles in the shared ints. */
const RELEASE = NUMBERS - 1;

/** What is answered where the answer is no new handle: Python asks `answer` for it. */
const UNUSUAL = 1;
/** The answer that has the call made the long way. */
const AGAIN = -(2 ** 31);

type Calls = readonly OperatorEntry["call"][];

/** Reads one argument that begins at a slot; answers where the next begins. */
type SlotReader = (ints: Int32Array, doubles: Float64Array, at: number, out: unknown[]) => number;

const SLOT_READERS: Partial<Record<Param["kind"], SlotReader>> = {
  Tensor: (ints, _doubles, at, out) => {
    out.push(tensors.get(ints[at]));
    return at + 1;
  },
  "Tensor?": (ints, _doubles, at, out) => {
    out.push(ints[at] === 0 ? null : tensors.get(ints[at]));
    return at + 1;
  },
  Scalar: (ints, doubles, at, out) => {
    out.push(scalar(ints[at], ints[at] === 2 ? doubles[at + 1] : ints[at + 1]));
    return at + 2;
  },
  int: (ints, _doubles, at, out) => {
    out.push(ints[at]);
    return at + 1;
  },
  float: (_ints, doubles, at, out) => {
    out.push(doubles[at]);
    return at + 1;
  },
  bool: (ints, _doubles, at, out) => {
    out.push(ints[at] !== 0);
    return at + 1;
  },
  ScalarType: (ints, _doubles, at, out) => {
    out.push(dtypeOfCode(ints[at]));
    return at + 1;
  },
};
SLOT_READERS["Scalar?"] = (ints, doubles, at, out) => {
  out.push(ints[at] < 0 ? null : scalar(ints[at], ints[at] === 2 ? doubles[at + 1] : ints[at + 1]));
  return at + 2;
};
SLOT_READERS["int?"] = SLOT_READERS.int;
SLOT_READERS["float?"] = SLOT_READERS.float;
SLOT_READERS["bool?"] = SLOT_READERS.bool;

export class ShortCalls {
  private answered = 0;
  private readonly calls: Calls;
  private readonly inFirst: readonly boolean[];
  private readonly afterOne: readonly (unknown[] | null)[];
  private readonly afterTwo: readonly (unknown[] | null)[];
  private readonly params: readonly (readonly Param[])[];
  private readonly readers: readonly (readonly (SlotReader | undefined)[])[];

  constructor(
    registry: readonly OperatorEntry[],
    private readonly shared: SharedMemory,
  ) {
    if (registry.length > RELEASE)
      throw new RangeError(`${registry.length} operators do not fit into a command`);
    this.calls = registry.map((entry) => entry.call);
    this.params = registry.map((entry) => entry.schema.params);
    this.inFirst = this.params.map((params) => params[0]?.kind === "Tensor");
    this.afterOne = registry.map((entry) => defaultsFrom(entry, 1));
    this.afterTwo = registry.map((entry) => defaultsFrom(entry, 2));
    this.readers = this.params.map((params) => params.map(({ kind }) => SLOT_READERS[kind]));
  }

  /** What the last call with the answer UNUSUAL really answered. */
  readonly answer = (): number => this.answered;

  /** The system call: the answer is a new handle, 0 for the first argument, or UNUSUAL. Never throws. */
  readonly call = (first: number, command: number, third: number): number => {
    const number = (command >> NUMBER_SHIFT) & NUMBERS;
    if (number >= RELEASE) return this.tell(number, first, third);
    // These call Python at times and places of their own, or cast before the call may be given up.
    if (modes.savedHooks > 0 || modes.anomaly || modes.autocast || modes.dispatchModes > 0)
      return this.unusual(AGAIN);
    const sequence = sequenceNow();
    modes.site = command >> SITE_SHIFT;
    try {
      const args = this.argumentsOf(number, command & 3, first, third);
      const result = this.calls[number](args);
      if (Array.isArray(result)) return this.shared.write(result.map(giveOrZero)) + 2;
      if (result === args[0] && this.inFirst[number]) return 0;
      const handle = tensors.give(result as Tensor);
      return handle > 0 ? handle : this.unusual(handle);
    } catch (error) {
      if (error instanceof NeedsPython) {
        resetSequence(sequence);
        return this.unusual(AGAIN);
      }
      keepFailure(error);
      return this.unusual(FAILED);
    }
  };

  private tell(what: number, first: number, third: number): number {
    try {
      if (what === BIND) {
        recording.recorder?.bind(third, tensors.get(first));
      } else {
        const ints = this.shared.ints();
        for (let i = 0; i < third && i < ints.length; i++) tensors.release(ints[i]);
      }
      return 0;
    } catch (error) {
      keepFailure(error);
      return this.unusual(FAILED);
    }
  }

  private unusual(answer: number): number {
    this.answered = answer;
    return UNUSUAL;
  }

  private argumentsOf(number: number, form: number, first: number, third: number): unknown[] {
    switch (form) {
      case FORM.tensor:
        return withDefaults(tensors.get(first), this.afterOne[number] as unknown[]);
      case FORM.tensors:
        return twoWithDefaults(tensors.get(first), tensors.get(third), this.afterTwo[number] as unknown[]);
      case FORM.number:
        return twoWithDefaults(
          tensors.get(first),
          scalar(third, this.shared.doubles()[0]),
          this.afterTwo[number] as unknown[],
        );
      default:
        return this.fromSlots(number, first, third);
    }
  }

  private fromSlots(number: number, first: number, count: number): unknown[] {
    const args: unknown[] = first === 0 ? [] : [tensors.get(first)];
    const ints = this.shared.ints();
    const doubles = this.shared.doubles();
    const readers = this.readers[number];
    const params = this.params[number];
    let i = args.length;
    for (let at = 0; at < count; i++) at = (readers[i] as SlotReader)(ints, doubles, at, args);
    for (; i < readers.length; i++) args.push(defaultOf(params[i]));
    return args;
  }
}

function withDefaults(one: unknown, defaults: readonly unknown[]): unknown[] {
  return defaults.length === 0 ? [one] : [one, ...defaults];
}

/** Written out for the commonest lengths: these arrays are made for every operator that runs. */
function twoWithDefaults(one: unknown, two: unknown, defaults: readonly unknown[]): unknown[] {
  switch (defaults.length) {
    case 0:
      return [one, two];
    case 1:
      return [one, two, defaults[0]];
    default:
      return [one, two, ...defaults];
  }
}
