/** The types of bodies that are read and written. */
export type BodyType = "application/json" | "application/msgpack";
