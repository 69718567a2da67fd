// What optimizers tell the recorder: that they were made, and that they are about to update.
import { recording } from "../../record/hook";
import { tensors } from "./handles";

export const optimizerFunctions = () => ({
  tell_optimizer: (site: number, what: "made" | "step", ...handles: number[]) => {
    recording.recorder?.optimizer(
      what,
      handles.map((handle) => tensors.get(handle)),
      site,
    );
  },
});
