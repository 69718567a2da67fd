// "element 0 of tensors does not require grad": one text, many causes. Points at the first cut.
import { causesOf, causeText, siteOf } from "../cuts";
import type { ErrorRule } from "./errors";
import { causeRemedies } from "./reconnect";

const TOLD = 4;

export const noGradRoot: ErrorRule = ({ scene, tensor }) => {
  const root = tensor("tensor");
  const causes = root ? causesOf(scene, root) : [];
  // Data, integers or such that nobody asked a gradient of, is the cause only where nothing else is.
  const cuts = causes.filter(({ kind }) => kind !== "never-asked" && kind !== "dtype");
  const data = causes.filter(({ kind }) => kind === "never-asked");
  const told = cuts.length > 0 ? cuts : data.length > 0 ? data : causes;
  return {
    code: "autograd/no-grad-root",
    involved: told.slice(0, TOLD).map((cause) => [siteOf(cause), causeText(scene, cause)] as const),
    remedies: told.slice(0, TOLD).flatMap((cause) => causeRemedies(scene, cause)),
  };
};
