// The worker's entry when the snapshot is made: loads Python, imports the packages, hands its memory back.
// Never part of the product: what runs here is our own code only, and it is not locked in.
import { environment } from "../python/environment";
import { makeSnapshot } from "../python/host";

function oneCharacterPerByte(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(from, from + 0x8000)));
  }
  return parts.join("");
}

makeSnapshot(environment).then(
  (snapshot) => environment.post(`ok ${oneCharacterPerByte(snapshot)}`),
  (error: Error) => environment.post(`no ${error.message}\n${error.stack ?? ""}`),
);
