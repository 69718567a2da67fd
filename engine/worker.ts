// The worker's entry, for Node and browsers. The environment must come first: Pyodide looks around when it loads.

import { createBridge } from "./python/bridge";
import { environment } from "./python/environment";
import { Reporter } from "./record/reporter";
import { serve } from "./serve";

serve((python) => {
  const ask = python.callable("gradient_runner.session", "propose") as (wishes: string) => string;
  const propose = (wishes: string): string => {
    const answer = ask(wishes);
    if (answer.startsWith("[")) return answer;
    // A mistake of ours costs the candidates alone.
    environment.log(answer);
    return "[]";
  };
  return createBridge(python, (tensorOf) => new Reporter(tensorOf, propose));
});
