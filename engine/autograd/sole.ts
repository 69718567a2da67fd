// Which gradients of a backward pass nobody else has, so that a leaf may take their memory instead of copying it.
//
// Note [Taking over]. PyTorch counts references, and AccumulateGrad keeps the gradient itself where it has the only one.
// Here it is known for the memory that formulas make in a pass in which nothing but formulas runs: such memory is held
// by the gradients that wait at nodes, and by nothing else. These are counted. As soon as Python is asked anything
// (hooks, custom Functions, unpacking), a recorder listens or the pass itself is recorded, everything is copied.
import { recording } from "../record/hook";
import type { Data } from "../tensor/dtype";
import { Storage } from "../tensor/storage";
import type { Tensor } from "../tensor/tensor";
import { asked } from "./callbacks";
import { modes } from "./modes";

/** Below this many elements a copy costs no more than the counting. */
const WORTHWHILE = 64;

export class SoleGradients {
  private readonly firstStorage = Storage.made;
  private readonly timesAsked = asked.times;
  private readonly waiting = new Map<Data, number>();

  /** Null for a pass that takes nothing over; asked before it begins. */
  static ofPass(): SoleGradients | null {
    const watched = recording.recorder !== null || modes.dispatchModes > 0 || modes.anomaly;
    return watched || modes.grad || modes.autocast ? null : new SoleGradients();
  }

  /** A gradient has come to a node. */
  came({ storage }: Tensor): void {
    const { data } = storage;
    if (data.length < WORTHWHILE || storage.serial < this.firstStorage) return;
    this.waiting.set(data, (this.waiting.get(data) ?? 0) + 1);
  }

  /** The node has run, and what it made of the gradient has been passed on. */
  used({ storage }: Tensor): void {
    const count = this.waiting.get(storage.data);
    if (count !== undefined) this.waiting.set(storage.data, count - 1);
  }

  /** Whether a gradient that waits at one node is all that there is of its memory. */
  has({ storage }: Tensor): boolean {
    return this.waiting.get(storage.data) === 1 && this.timesAsked === asked.times;
  }
}
