// The recordings of real PyTorch's answers that the tests of the engine's operators read.
import { readFileSync } from "node:fs";
import path from "node:path";

/** Tests run with the project's folder as the working directory. */
export function recording<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(process.cwd(), "test/oracle", `${name}.json`), "utf8")) as T;
}
