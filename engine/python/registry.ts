// The operator table as data for Python, which makes one function per Python name from it.
import { registry } from "../ops";
import { registry as entries } from "../ops/define";

export { registry };

/** One operator as torch/_registry.py reads it. */
export interface OperatorData {
  number: number;
  key: string;
  name: string;
  inplace: boolean;
  params: [
    name: string,
    kind: string,
    listSize: number | null,
    defaultText: string | null,
    keywordOnly: boolean,
  ][];
  returns: [name: string | null, kind: string][];
  tuple: boolean;
  functions: readonly string[];
  methods: readonly string[];
}

/** What the build writes beside the package's files as torch/_registry.json. */
export function registryJson(): string {
  return JSON.stringify(
    entries.map(
      ({ number, key, schema, kind, python }): OperatorData => ({
        number,
        key,
        name: schema.name,
        inplace: kind === "inplace" || schema.params[0]?.aliasing === "a!",
        params: schema.params.map((param) => [
          param.name,
          param.kind,
          param.listSize,
          param.default,
          param.keywordOnly,
        ]),
        returns: schema.returns.map(({ name, kind: returned }) => [name, returned]),
        tuple: schema.returnsTuple,
        functions: python.functions,
        methods: python.methods,
      }),
    ),
  );
}
