// The parts of the npm package `pyodide` that the host uses; its own types need the DOM and Node.
declare module "pyodide" {
  export function loadPyodide(options: object): Promise<unknown>;
  export const version: string;
}
declare module "pyodide/pyodide.asm.mjs" {
  const createPyodideModule: (settings: object) => Promise<unknown>;
  export default createPyodideModule;
}
