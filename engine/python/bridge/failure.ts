// Nothing throws across the border: what a bridge function throws is kept here until Python asks for it.
import { modes } from "../../autograd/modes";
import { recording } from "../../record/hook";
import { PythonRaised, TorchError } from "../../tensor/errors";

/** What a function answers instead of a number when it has failed. */
export const FAILED = -1;

const last = { type: "", text: "" };

/** The name of Python's exception type; empty where Python holds the exception itself. */
export const errorType = (): string => last.type;
export const errorText = (): string => last.text;

export function keepFailure(error: unknown): void {
  if (error instanceof PythonRaised) {
    last.type = "";
    last.text = "";
    return;
  }
  if (error instanceof TorchError) {
    last.type = error.type;
    last.text = error.message;
    recording.recorder?.raised(error, modes.site);
    return;
  }
  // A defect of the engine: it must be seen, and Python must go on.
  const { name, message, stack } = error as Error;
  last.type = "SystemError";
  last.text = `Gradient Inspector's engine failed: ${name}: ${message}\n${stack ?? ""}`;
}

/** `body`, answering FAILED where it throws. */
export function guarded<A extends unknown[], R>(body: (...args: A) => R): (...args: A) => R | typeof FAILED {
  return (...args) => {
    try {
      return body(...args);
    } catch (error) {
      keepFailure(error);
      return FAILED;
    }
  };
}

/** The same for an operation that happens at a place in the user's code, its first argument. */
export function guardedAt<A extends unknown[], R>(
  body: (...args: A) => R,
): (site: number, ...args: A) => R | typeof FAILED {
  return (site, ...args) => {
    modes.site = site;
    try {
      return body(...args);
    } catch (error) {
      keepFailure(error);
      return FAILED;
    }
  };
}
