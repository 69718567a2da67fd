// The part of `npm run conformance` that needs the engine: from the titles of failed tests to the document.
import { readFileSync } from "node:fs";
import { loadPlainPython } from "../../support/plainPython";
import { conformanceDocument, type Presence } from "./document";
import { familiesOfOperators, familyOfGroup, OTHER } from "./families";

/** The family of a test by its title, and how many cases it stands for. */
function familyOfTest(title: string, familyOf: ReadonlyMap<string, string>): [family: string, cases: number] {
  const grouped =
    /the torch package answers as PyTorch in (?:values|errors and warnings) \S+ \((\w+)\)$/.exec(title);
  if (grouped) return [familyOfGroup(grouped[1]), 1];
  const calls = /^operators answer as PyTorch (\S+) in (\d+) recorded calls$/.exec(title);
  if (calls) return [familyOf.get(calls[1]) ?? OTHER.rest, Number(calls[2])];
  const expressions = /in texts of (\d+) expressions/.exec(title);
  if (expressions) return [OTHER.protocol, Number(expressions[1])];
  if (title.startsWith("tensors print")) return [OTHER.printing, 1];
  const random = /^random numbers are PyTorch's .* in (\d+) recorded calls$/.exec(title);
  if (random) return ["Random numbers", Number(random[1])];
  if (/in texts that protocol|everyday scripts/.test(title)) return [OTHER.programs, 1];
  return [OTHER.rest, 1];
}

/** `file` holds the titles of the failed tests, as JSON. */
export async function makeDocument(file: string): Promise<string> {
  const python = await loadPlainPython();
  const presence = JSON.parse(python.import("oracle.names").presence() as string) as Presence;
  const familyOf = familiesOfOperators();
  const failed = new Map<string, number>();
  for (const title of JSON.parse(readFileSync(file, "utf8")) as string[]) {
    const [family, cases] = familyOfTest(title, familyOf);
    failed.set(family, (failed.get(family) ?? 0) + cases);
  }
  return conformanceDocument(presence, failed);
}
