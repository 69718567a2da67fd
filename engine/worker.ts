// The worker's entry, for Node and browsers. The environment must come first: Pyodide looks around when it loads.
import "./python/environment";
import { createBridge } from "./python/bridge";
import { Reporter } from "./record/reporter";
import { serve } from "./serve";

serve((python) => createBridge(python, (tensorOf) => new Reporter(tensorOf)));
