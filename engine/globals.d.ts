// The few globals that Node's workers and browsers' workers both have; the engine may use no others.
declare const performance: { now(): number };
