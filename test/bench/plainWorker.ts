// The engine's worker without a recorder: what operators cost by themselves.
import "../../engine/python/environment";
import { createBridge } from "../../engine/python/bridge";
import { serve } from "../../engine/serve";

serve((python) => createBridge(python, null));
