// "element 0 of tensors does not require grad": one text, many causes. Points at the first cut.
import { causesOf, causeText, siteOf } from "../cuts";
import type { ErrorRule } from "./errors";
import { causeRemedies } from "./reconnect";

const TOLD = 4;

export const noGradRoot: ErrorRule = ({ scene, tensor }) => {
  const root = tensor("tensor");
  const causes = root ? causesOf(scene, root) : [];
  const cuts = causes.filter((cause) => cause.kind !== "never-asked");
  // Data that nobody asked a gradient of is the cause only where nothing else is.
  const told = cuts.length > 0 ? cuts : causes;
  return {
    code: "autograd/no-grad-root",
    involved: told.slice(0, TOLD).map((cause) => [siteOf(cause), causeText(scene, cause)] as const),
    remedies: told.slice(0, TOLD).flatMap((cause) => causeRemedies(scene, cause)),
  };
};
