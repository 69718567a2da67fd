// Lists in a map, appended to in place: a copy for each entry would cost the square of a large graph.

export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
