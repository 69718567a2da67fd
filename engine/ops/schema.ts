// ATen's notation for an operator's signature: as types, so that a formula that reads what the
// schema does not name fails to compile, and parsed, for the bridge and the argument errors.
import type { DType } from "../tensor/dtype";
import type { Scalar, Tensor } from "../tensor/tensor";

// ---- types ----

type TypeOf<T extends string> = T extends `Tensor(${string})?`
  ? Tensor | null
  : T extends "Tensor?"
    ? Tensor | null
    : T extends "Tensor?[]"
      ? (Tensor | null)[]
      : T extends `Tensor${string}[]`
        ? Tensor[]
        : T extends `Tensor${string}`
          ? Tensor
          : T extends "Scalar?"
            ? Scalar | null
            : T extends "Scalar"
              ? Scalar
              : T extends `int[${string}]?`
                ? readonly number[] | null
                : T extends `int[${string}]`
                  ? readonly number[]
                  : T extends "int?" | "float?"
                    ? number | null
                    : T extends "int" | "float"
                      ? number
                      : T extends "bool"
                        ? boolean
                        : T extends "bool?"
                          ? boolean | null
                          : T extends "str"
                            ? string
                            : T extends "str?"
                              ? string | null
                              : T extends "ScalarType?"
                                ? DType | null
                                : T extends "ScalarType"
                                  ? DType
                                  : never;

type Unbroken<S extends string> = S extends `${infer A}=${string}` ? A : S;
type OneParam<S extends string> = Unbroken<S> extends `${infer T} ${infer N}` ? [N, TypeOf<T>] : never;
type ParamList<S extends string> = S extends ""
  ? []
  : S extends `*, ${infer Rest}`
    ? ParamList<Rest>
    : S extends `${infer First}, ${infer Rest}`
      ? [OneParam<First>, ...ParamList<Rest>]
      : [OneParam<S>];

type ParamText<S extends string> = S extends `${string}(${infer P}) -> ${string}` ? P : never;
type ReturnText<S extends string> = S extends `${string}) -> ${infer R}` ? LastArrow<R> : never;
type LastArrow<R extends string> = R extends `${string}) -> ${infer Rest}` ? LastArrow<Rest> : R;

/** [["self", Tensor], ["dim", number]]. */
export type ParamsOf<S extends string> = ParamList<ParamText<S>>;
/** [self: Tensor, dim: number]: a forward function's arguments. */
export type ArgsOf<S extends string> = Values<ParamsOf<S>>;
type Values<P> = P extends [[string, infer T], ...infer Rest] ? [T, ...Values<Rest>] : [];
/** {self: Tensor, dim: number}. */
export type NamedArgs<S extends string> = {
  [P in ParamsOf<S>[number] as P[0] & string]: P[1];
};
/** What callers may pass: a number where a tensor is wanted is a wrapped number. */
export type CallArgs<S extends string> = Callable<ParamsOf<S>>;
type Callable<P> = P extends [[string, infer T], ...infer Rest]
  ? [Tensor extends T ? T | Scalar : T, ...Callable<Rest>]
  : [];
export type ResultOf<S extends string> =
  ReturnText<S> extends `(${string}` | `${string}[]` ? Tensor[] : Tensor;

// ---- values ----

export type ParamKind =
  | "Tensor"
  | "Tensor?"
  | "Tensor[]"
  | "Tensor?[]"
  | "Scalar"
  | "Scalar?"
  | "int"
  | "int?"
  | "int[]"
  | "int[]?"
  | "float"
  | "float?"
  | "bool"
  | "bool?"
  | "str"
  | "str?"
  | "ScalarType"
  | "ScalarType?";

export interface Param {
  name: string;
  kind: ParamKind;
  /** `int[2]`: a single int stands for that many. */
  listSize: number | null;
  /** ATen's text of the default, or null where the argument must be given. */
  default: string | null;
  keywordOnly: boolean;
  /** "a!": written to; "a": aliased by the result. */
  aliasing: string | null;
}

export interface Schema {
  text: string;
  /** "mul" */
  name: string;
  /** "Tensor"; empty for an operator without overloads. */
  overload: string;
  params: Param[];
  returns: { name: string | null; kind: "Tensor" | "Tensor[]" }[];
  /** Whether the result is a tuple (even of one). */
  returnsTuple: boolean;
}

const KINDS: readonly string[] = [
  "Tensor",
  "Tensor?",
  "Tensor[]",
  "Tensor?[]",
  "Scalar",
  "Scalar?",
  "int",
  "int?",
  "int[]",
  "int[]?",
  "float",
  "float?",
  "bool",
  "bool?",
  "str",
  "str?",
  "ScalarType",
  "ScalarType?",
] satisfies ParamKind[];

/** Parses `name.overload(Type name=default, *, ...) -> Type`. Throws on what it does not know. */
export function parseSchema(text: string): Schema {
  const match = /^(\w+)(?:\.(\w+))?\((.*)\) -> (.+)$/.exec(text);
  if (!match) throw new SyntaxError(`not a schema: ${text}`);
  const [, name, overload = "", paramText, returnText] = match;
  const params: Param[] = [];
  let keywordOnly = false;
  for (const part of paramText === "" ? [] : paramText.split(/, (?![^[(]*[\])])/)) {
    if (part === "*") {
      keywordOnly = true;
      continue;
    }
    params.push(parseParam(part, keywordOnly, text));
  }
  const returnsTuple = returnText.startsWith("(");
  const returns = (returnsTuple ? returnText.slice(1, -1).split(", ") : [returnText]).map((part) => {
    const pieces = /^(Tensor)(?:\([^)]*\))?(\[\])?(?: (\w+))?$/.exec(part);
    if (!pieces) throw new SyntaxError(`unknown return type ${part} in ${text}`);
    return { name: pieces[3] ?? null, kind: pieces[2] ? ("Tensor[]" as const) : ("Tensor" as const) };
  });
  return { text, name, overload, params, returns, returnsTuple };
}

function parseParam(part: string, keywordOnly: boolean, schema: string): Param {
  const match = /^(\w+)(?:\(([^)]*)\))?(\?)?(?:\[(\d*)\])?(\?)? (\w+)(?:=(.+))?$/.exec(part);
  if (!match) throw new SyntaxError(`unknown parameter "${part}" in ${schema}`);
  const [, base, aliasing, innerOptional = "", size, optional = "", name, defaultText] = match;
  const list = size === undefined ? "" : "[]";
  const kind = `${base}${innerOptional}${list}${optional}`;
  if (!KINDS.includes(kind)) throw new SyntaxError(`unknown type ${kind} in ${schema}`);
  return {
    name,
    kind: kind as ParamKind,
    listSize: size ? Number(size) : null,
    default: defaultText ?? null,
    keywordOnly,
    aliasing: aliasing ?? null,
  };
}
