// In which mode, train() or eval(), a module was when an operator ran inside it.
import type { ModuleFacts } from "../../python/plug";
import type { OpFacts } from "../facts";
import type { Scene } from "../scene";

export interface ModuleCall {
  module: ModuleFacts;
  /** Which of the module's calls, from 1. */
  call: number;
  /** In training mode then. */
  training: boolean;
}

export class ModuleModes {
  private readonly modules: ReadonlyMap<number, ModuleFacts>;

  constructor(scene: Scene) {
    this.modules = new Map(scene.facts.surroundings?.modules.map((module) => [-module.number, module]));
  }

  /** The calls of modules around an operator, outermost first. */
  around({ around }: OpFacts): ModuleCall[] {
    const found: ModuleCall[] = [];
    for (let i = 0; i < around.length; i += 2) {
      const module = this.modules.get(around[i]);
      if (module) found.push({ module, call: around[i + 1], training: inTraining(module, around[i + 1]) });
    }
    return found;
  }
}

function inTraining({ modes }: ModuleFacts, call: number): boolean {
  return modes?.findLast(([from]) => from <= call)?.[1] ?? true;
}

/** The last call of train() or eval() before a call of the module. */
export function lastSwitch(
  { switches }: ModuleFacts,
  call: number,
): { training: boolean; site: number; calls: number } | null {
  const found = switches?.findLast(([calls]) => calls < call);
  return found ? { calls: found[0], training: found[1], site: found[2] } : null;
}

/** "'model'", or what kind of module it is. */
export function moduleText({ name, type }: ModuleFacts): string {
  return name === "" ? `the ${type}` : `'${name}'`;
}
