// Generators of random numbers as Python holds them: by number, 0 being the global one.
import { drawing, globalGenerator, RandomGenerator, STATE_BYTES } from "../../kernels/mersenne";
import { guarded } from "./failure";

const generators: (RandomGenerator | undefined)[] = [globalGenerator];

function generator(number: number): RandomGenerator {
  const found = generators[number];
  if (!found) throw new Error(`no generator has the number ${number}`);
  return found;
}

/** Python's memory went back to a state with the global generator alone. */
export function forgetGenerators(): void {
  generators.length = 1;
  globalGenerator.seed(0n);
  drawing.generator = globalGenerator;
}

export function randomFunctions(heap: () => Uint8Array) {
  const plain = (value: bigint): number | bigint =>
    Number.isSafeInteger(Number(value)) ? Number(value) : value;
  const bytes = (address: number): Uint8Array => heap().subarray(address, address + STATE_BYTES);
  return {
    generator_new: () => generators.push(new RandomGenerator()) - 1,
    generator_release: (number: number) => {
      if (number > 0) generators[number] = undefined;
    },
    generator_seed: guarded((number: number, seed: number | bigint) => {
      generator(number).seed(BigInt(seed));
      return 0;
    }),
    generator_initial_seed: (number: number) => plain(generator(number).seedValue),
    generator_draw: (number: number) => plain(generator(number).random64()),
    /** Writes the state to STATE_BYTES bytes at an address. */
    generator_state: (number: number, address: number) => generator(number).save(bytes(address)),
    generator_set_state: (number: number, address: number) =>
      generator(number).restore(bytes(address).slice()),
    /** Operators draw from this generator until another is named. */
    use_generator: (number: number) => {
      drawing.generator = generator(number);
    },
  };
}
