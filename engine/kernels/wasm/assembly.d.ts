// What the build makes of an import of "assembly:…": the kernels in assembly/, compiled with the WASM features
// that are named.
declare module "assembly:*" {
  const bytes: Uint8Array;
  export default bytes;
}
