// Where JavaScript meets Python's torch package: the functions that it may call, and what they call back.
// Arguments and answers are numbers and strings (docs/architecture.md, "The bridge crosses with numbers").
import { resetAutocast } from "../autograd/autocast";
import { callbacks } from "../autograd/callbacks";
import { modes, resetModes, setStack } from "../autograd/modes";
import { resetSequence } from "../autograd/node";
import { resetTasks } from "../autograd/task";
import type { RunRequest } from "../protocol/engineApi";
import type { Answer } from "../protocol/experiment";
import type { SnippetReport } from "../protocol/report";
import { type Recorder, recording } from "../record/hook";
import { surroundings } from "../record/surroundings";
import { defaults, float32 } from "../tensor/dtype";
import { DEFAULT_PRINT_OPTIONS } from "../tensor/format";
import type { Tensor } from "../tensor/tensor";
import { type Decode, decoder, defaultsFrom, scalar } from "./bridge/arguments";
import { connectCallbacks, intercepted, warning } from "./bridge/callbacks";
import { customFunctions } from "./bridge/customFunctions";
import { errorText, errorType, FAILED, keepFailure } from "./bridge/failure";
import { graphFunctions } from "./bridge/graphFunctions";
import { giveOrZero, nodes, tensors } from "./bridge/handles";
import { lifetimes } from "./bridge/lifetimes";
import { SharedMemory } from "./bridge/memory";
import { optimizerFunctions } from "./bridge/optimizerFunctions";
import { forgetGenerators, randomFunctions } from "./bridge/randomFunctions";
import { ShortCalls } from "./bridge/shortCalls";
import { printing, tensorFunctions } from "./bridge/tensorFunctions";
import type { Bridge, BridgeFunction, PythonRuntime } from "./plug";
import { registry } from "./registry";
import { reportWithoutTensors } from "./withoutTorch";

/** Who watches a run and tells what happened. */
export interface Reporter extends Pick<Bridge, "beginRun" | "beginSnippet" | "finishSnippet" | "elements"> {
  recorder: Recorder;
  experiment(request: RunRequest, again: () => SnippetReport | null): Answer;
  reset(): void;
}

/** Makes the reporter; `tensorOf` answers the tensor behind a handle of Python's. */
export type MakeReporter = (tensorOf: (handle: number) => Tensor | null) => Reporter;

/** The name of the module that Python imports (torch/_engine.py and the runner do). */
const MODULE = "_engine";

/** The length of the array in runner/surroundings.py. */
const SURROUNDINGS = 63;

/** Puts the engine behind Python's torch package, which must be imported already. */
export function createBridge(python: PythonRuntime, makeReporter: MakeReporter | null): Bridge {
  setStack(python.stackMegabytes);
  const shared = new SharedMemory(python.heap);
  const reporter = makeReporter?.((handle) => (handle > 1 ? tensors.get(handle) : null)) ?? null;
  // Filled in below: Python's functions exist only once the package has taken hold of these.
  let dispatch: (...numbers: number[]) => number = () => FAILED;
  const short = new ShortCalls(registry, shared);
  const calls = connectCallbacks((...numbers) => dispatch(...numbers), shared, python.interrupted);
  const hasSystemCall = python.answerSystemCall(short.call);

  python.provide(MODULE, {
    ...operatorFunctions(shared),
    ...tensorFunctions(shared),
    ...graphFunctions(shared),
    ...customFunctions(shared, calls.runFunction),
    ...randomFunctions(python.heap),
    ...optimizerFunctions(),
    answer: short.answer,
    has_system_call: () => hasSystemCall,
    cross_by_call: (first: number, command: number, third: number) =>
      short.call(first, command - 2 ** 30, third),
    place_memory: (ints: number, double: number) => shared.place(ints, double),
    place_surroundings: (address: number) => {
      surroundings.read = shared.window(address, SURROUNDINGS);
    },
    live_handles: () => tensors.count,
    records: () => reporter !== null,
    bind: (place: number, handle: number) => {
      if (recording.recorder !== null && handle > 1) recording.recorder.bind(place, tensors.get(handle));
    },
    error_type: errorType,
    error_text: errorText,
    warning_category: () => warning.category,
    warning_message: () => warning.message,
    intercepted_arguments: () => intercepted.arguments,
    check_interrupt: () => {
      try {
        callbacks.checkInterrupt();
        return 0;
      } catch (error) {
        keepFailure(error);
        return FAILED;
      }
    },
  } as unknown as Record<string, BridgeFunction>);

  const package_ = "torch._engine";
  python.callable(package_, "install")();
  dispatch = python.callable("torch._callbacks", "dispatch") as (...numbers: number[]) => number;
  const setRecording = python.callable(package_, "set_recording");
  const torchVersion = String(python.callable(package_, "imitated_version")());

  return {
    torchVersion,
    beginRun(request) {
      resetSequence();
      if (reporter === null) return;
      reporter.beginRun(request);
      recording.recorder = reporter.recorder;
      setRecording(true);
    },
    experiment(request, runs) {
      if (reporter === null) return { kind: "refused", why: "Nothing is recorded here." };
      // Each run after the first begins on a memory that was put back.
      let first = true;
      return reporter.experiment(request, () => {
        if (!first) runs.reset();
        first = false;
        resetSequence();
        recording.recorder = reporter.recorder;
        setRecording(true);
        return runs.run();
      });
    },
    beginSnippet: (index) => reporter?.beginSnippet(index),
    finishSnippet: (facts) => reporter?.finishSnippet(facts) ?? reportWithoutTensors(facts),
    elements: (...place) => reporter?.elements(...place) ?? { value: null },
    reset() {
      recording.recorder = null;
      reporter?.reset();
      lifetimes.clear();
      resetTasks();
      tensors.clear();
      nodes.clear();
      resetModes();
      resetAutocast();
      resetSequence();
      defaults.dtype = float32;
      Object.assign(printing, DEFAULT_PRINT_OPTIONS);
      forgetGenerators();
    },
  };
}

function operatorFunctions(shared: SharedMemory) {
  const decoders: Decode[] = registry.map(decoder);
  const calls = registry.map((entry) => entry.call);
  const inFirst = registry.map((entry) => entry.schema.params[0]?.kind === "Tensor");
  /** Defaults from the second, from the third argument on; null where one of them must be given. */
  const afterOne = registry.map((entry) => defaultsFrom(entry, 1));
  const afterTwo = registry.map((entry) => defaultsFrom(entry, 2));

  function run(number: number, args: unknown[]): number {
    try {
      const self = args[0];
      const result = calls[number](args);
      if (Array.isArray(result)) return shared.write(result.map(giveOrZero));
      if (result === self && inFirst[number]) return 0;
      return tensors.give(result);
    } catch (error) {
      keepFailure(error);
      return FAILED;
    }
  }

  return {
    /**
     * Runs an operator. Answers a handle (negative where Python holds that tensor already), 0 for its first
     * argument, -1 after an error; an operator with several results answers how many handles it left in the
     * shared ints.
     */
    call(number: number, site: number, ...flat: unknown[]): number {
      modes.site = site;
      return run(number, decoders[number](flat));
    },
    // The same for the commonest shapes of arguments, read without a decoder.
    call_tensor(number: number, site: number, self: number): number {
      modes.site = site;
      return run(number, [tensors.get(self), ...(afterOne[number] as unknown[])]);
    },
    call_tensors(number: number, site: number, self: number, other: number): number {
      modes.site = site;
      return run(number, [tensors.get(self), tensors.get(other), ...(afterTwo[number] as unknown[])]);
    },
    call_number(number: number, site: number, self: number, kind: number, value: unknown): number {
      modes.site = site;
      return run(number, [tensors.get(self), scalar(kind, value), ...(afterTwo[number] as unknown[])]);
    },
  };
}
