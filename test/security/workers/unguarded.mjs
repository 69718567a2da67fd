// Pyodide under Node as it comes, without any of our walls: shows that an attack of attacks.ts can succeed.
import { loadPyodide } from "pyodide";

const attacks = JSON.parse(process.argv[2]);
const pyodide = await loadPyodide({ stdout: () => {}, stderr: () => {} });
for (const code of attacks) {
  try {
    pyodide.runPython(code);
  } catch {
    // What counts is what it left behind.
  }
}
process.exit(0);
