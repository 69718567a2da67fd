// Turns an interface of async functions into messages over any port and back: errors travel,
// and what is pending when the port closes is rejected. Knows no channel of its own.

/** The least that a worker, a MessagePort or a webview has in common. */
export interface Port {
  post(message: unknown): void;
  /** Called for every message; returns a function that stops it. */
  listen(handler: (message: unknown) => void): () => void;
}

type Call = { rpc: "call"; id: number; method: string; args: unknown[] };
type Notice = { rpc: "notice"; method: string; args: unknown[] };
type Answer = { rpc: "answer"; id: number; value: unknown };
type Failure = { rpc: "failure"; id: number; message: string };
type Message = Call | Notice | Answer | Failure;

/** Methods of T that return a promise become calls; methods that return void become notices. */
export type Remote<T> = T;

export interface Connection<T> {
  remote: Remote<T>;
  /** Rejects what is pending with `reason`. The connection takes no further message. */
  close(reason: string): void;
}

/**
 * Connects both directions: `local` answers what the other side calls, `remote` calls it.
 * `notices` names the methods of the remote side that return nothing and are not waited for.
 */
export function connect<RemoteApi extends object>(
  port: Port,
  local: object,
  notices: readonly (keyof RemoteApi & string)[],
): Connection<RemoteApi> {
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const noticeNames = new Set<string>(notices);
  let nextId = 1;
  let closed: string | undefined;

  const stop = port.listen((raw) => {
    const message = raw as Message;
    if (closed !== undefined || typeof message !== "object" || message === null) return;
    switch (message.rpc) {
      case "call":
        void answer(message);
        return;
      case "notice":
        invoke(message.method, message.args);
        return;
      case "answer":
        pending.get(message.id)?.resolve(message.value);
        pending.delete(message.id);
        return;
      case "failure":
        pending.get(message.id)?.reject(new Error(message.message));
        pending.delete(message.id);
        return;
      default:
        message satisfies never;
    }
  });

  function invoke(method: string, args: unknown[]): unknown {
    const target = (local as Record<string, unknown>)[method];
    if (typeof target !== "function") throw new Error(`no method ${method}`);
    return target.apply(local, args);
  }

  async function answer(call: Call): Promise<void> {
    try {
      const value = await invoke(call.method, call.args);
      port.post({ rpc: "answer", id: call.id, value } satisfies Answer);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      port.post({ rpc: "failure", id: call.id, message } satisfies Failure);
    }
  }

  const remote = new Proxy({} as RemoteApi & object, {
    get(_target, property) {
      if (typeof property !== "string" || property === "then") return undefined;
      return (...args: unknown[]) => {
        if (noticeNames.has(property)) {
          if (closed === undefined) port.post({ rpc: "notice", method: property, args } satisfies Notice);
          return undefined;
        }
        if (closed !== undefined) return Promise.reject(new Error(closed));
        const id = nextId++;
        return new Promise((resolve, reject) => {
          pending.set(id, { resolve, reject });
          port.post({ rpc: "call", id, method: property, args } satisfies Call);
        });
      };
    },
  });

  return {
    remote,
    close(reason) {
      if (closed !== undefined) return;
      closed = reason;
      stop();
      for (const waiter of pending.values()) waiter.reject(new Error(reason));
      pending.clear();
    },
  };
}
