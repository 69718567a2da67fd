// Warnings that PyTorch's operators give once in a process: here once in a run.
import { callbacks } from "../autograd/callbacks";

/** Gives a UserWarning where the text was not given yet. */
export function warnOnce(message: string): void {
  callbacks.warn("UserWarning, once", message);
}
