// The worker's entry, for Node and browsers. The environment must come first: Pyodide looks around when it loads.
import "./python/environment";
import { installNothing } from "./python/withoutTorch";
import { serve } from "./serve";

serve(installNothing);
