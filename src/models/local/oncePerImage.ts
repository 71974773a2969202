/**
 * A function that works once for each image, however often it is called: all questions of a frame
 * share what was made of its image. Results are kept as long as the image is.
 *
 * @param imageOf what of the arguments stands for the image
 */
export function oncePerImage<Call extends (...args: never[]) => unknown>(
  call: Call,
  imageOf: (...args: Parameters<Call>) => unknown,
): Call {
  const results = new WeakMap<object, unknown>();
  return new Proxy(call, {
    apply(target, self, args: Parameters<Call>) {
      const image = imageOf(...args);
      if (typeof image !== "object" || image === null) return Reflect.apply(target, self, args);
      if (!results.has(image)) results.set(image, Reflect.apply(target, self, args));
      return results.get(image);
    },
  });
}
