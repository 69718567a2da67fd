// The engine's worker with a torch of a few lines: a tensor's id is its handle, nothing is computed.
import "../../../../engine/python/environment";
import type { TensorRecord } from "../../../../engine/protocol/report";
import { occurrences } from "../../../../engine/python/occurrences";
import type { Bridge, PythonRuntime } from "../../../../engine/python/plug";
import { reportWithoutTensors } from "../../../../engine/python/withoutTorch";
import { serve } from "../../../../engine/serve";

function install(python: PythonRuntime): Bridge {
  const bound = new Map<number, number>();
  python.provide("_engine", {
    bind(place: number, handle: number) {
      bound.set(place, handle);
    },
    /** Brings the worker down as a bug of ours would. */
    crash() {
      throw new Error("not a Python error");
    },
    interrupted: () => python.interrupted(),
  });
  return {
    torchVersion: "fake",
    beginRun() {},
    beginSnippet() {},
    finishSnippet: (facts) => ({
      ...reportWithoutTensors(facts),
      tensors: facts.names.map(
        ({ name, handle }) => ({ names: [name], id: handle }) as unknown as TensorRecord,
      ),
      inlineValues: facts.inlineValues.map(({ site, ...shown }) => {
        const tensor = site === undefined ? undefined : bound.get(site);
        return tensor === undefined ? shown : { ...shown, tensor };
      }),
      occurrences: occurrences(facts, { boundAt: (site) => bound.get(site), ofHandle: (handle) => handle }),
      // What has no place in the Report, for the tests to look at.
      truncated: JSON.stringify({ ignores: facts.ignores, sites: [...facts.sites] }),
    }),
    experiment: () => ({ kind: "refused" as const, why: "nothing is recorded" }),
    elements: () => ({ value: null }),
    reset: () => bound.clear(),
  };
}

serve(install);
