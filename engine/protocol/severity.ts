// How loud findings are beside one another.
import type { Severity } from "./report";

export const LOUDNESS: Readonly<Record<Severity, number>> = { error: 3, warning: 2, information: 1, hint: 0 };
