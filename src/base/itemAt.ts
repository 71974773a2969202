/**
 * The item at an index that is there by the caller's own reckoning. For loops over pixels and
 * points it is too slow.
 *
 * @throws RangeError if there is none
 */
export function itemAt<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index} of ${items.length}`);
  return item;
}

/** The last item of what is not empty. @throws RangeError otherwise */
export function lastOf<T>(items: ArrayLike<T>): T {
  return itemAt(items, items.length - 1);
}

/** The value of a key that is there by the caller's own reckoning. @throws RangeError otherwise */
export function valueAt<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new RangeError(`no entry ${String(key)}`);
  return value;
}
