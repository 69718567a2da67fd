// The worker's side of the channel: loads Python, answers the client, one run at a time.

import { connect, type Port } from "./protocol/rpc";
import type { WorkerApi, WorkerHostApi } from "./protocol/workerApi";
import { environment } from "./python/environment";
import { type PythonHost, startPython } from "./python/host";
import type { InstallBridge } from "./python/plug";

const NOTICES = ["snippetStarted", "snippetFinished", "wornOut", "log"] as const;

/** Only text crosses the border of the sandbox. */
const port: Port = {
  post: (message) => environment.post(JSON.stringify(message)),
  listen(handler) {
    environment.onMessage((text) => handler(JSON.parse(text)));
    return () => environment.onMessage(() => {});
  },
};

export function serve(install: InstallBridge): void {
  const start = environment.now();
  let milliseconds = 0;
  let used = false;
  const loading = startPython(environment, install).then((host) => {
    milliseconds = environment.now() - start;
    return host;
  });
  // Whoever asks is told; without this a failure that nobody waits for yet would end the worker.
  loading.catch(() => {});

  const local: WorkerApi = {
    async info() {
      const host = await loading;
      return {
        torch: host.torchVersion,
        python: host.pythonVersion,
        startMilliseconds: Math.round(milliseconds),
        fromSnapshot: host.fromSnapshot,
      };
    },
    async run(request) {
      const host = await loading;
      cleanUp(host);
      used = true;
      host.run(request, {
        started: (index) => client.snippetStarted(request.runId, index),
        finished: (index, snippet) => client.snippetFinished(request.runId, index, snippet),
      });
      // Before the answer, so that no run is sent to a worker that will not do.
      if (host.wornOut) client.wornOut();
      environment.later(() => cleanUp(host));
    },
    async elements(runId, tensor, offset, count) {
      return (await loading).elements(runId, tensor, offset, count);
    },
  };

  /** Soon after the answer has gone out, or before the next run if that comes first. */
  function cleanUp(host: PythonHost): void {
    if (!used) return;
    used = false;
    host.reset();
  }

  const { remote: client } = connect<WorkerHostApi>(port, local, NOTICES);
}
