/** Puts a value into a map that keeps the newest few, and returns it: what was put in longest ago leaves. */
export function keepNewest<Value>(
  map: Map<string, Value>,
  key: string,
  value: Value,
  most: number,
): Value {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
  return value;
}
