// Errors that the user's code sees as Python exceptions. Anything else that is thrown is a bug of ours.

export type PythonErrorType =
  | "RuntimeError"
  | "ValueError"
  | "TypeError"
  | "IndexError"
  | "NotImplementedError"
  | "OverflowError"
  | "AttributeError"
  | "MemoryError"
  | "KeyboardInterrupt"
  | "LinAlgError"
  | "AssertionError"
  | "RecursionError";

/** Facts about an error that the rules need and the text does not hold. */
export type ErrorFacts = { kind: string } & Record<string, unknown>;

export class TorchError extends Error {
  constructor(
    readonly type: PythonErrorType,
    message: string,
    readonly facts?: ErrorFacts,
  ) {
    super(message);
  }
}

export function runtimeError(message: string, facts?: ErrorFacts): TorchError {
  return new TorchError("RuntimeError", message, facts);
}

/** An operator, or a way of calling one, that is not here. It must be named. */
export function notImplemented(what: string): TorchError {
  return new TorchError("NotImplementedError", `${what} is not available in Gradient Inspector's engine`);
}

/** Thrown to unwind when a Python callback raised: Python holds the exception and raises it again. */
export class PythonRaised extends Error {}
