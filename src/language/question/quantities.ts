import type { QuantityKind } from "../QuestionKind.js";

/**
 * A quantity: sets of symbols of which at least one is needed of each, and what else may be said in a
 * question about it.
 */
interface Quantity {
  readonly kind: QuantityKind;
  readonly needs: readonly string[];
  readonly may: string;
}

/** What may be said in a question about any length. */
const ASKED = "reads what which amount how-many aux of unsigned 's img metric";
/** What is not 0 where things touch. */
const SIZES: ReadonlySet<QuantityKind> = new Set(["width", "height"]);
/** What joins two things. */
const ENDS = "from to between and with compare how-size vs";
const FAR = "dist sep far near apart separate";

const OF_TWO: readonly Quantity[] = [
  { kind: "distance", needs: ["centre", "to"], may: `centre euclid ${ENDS}` },
  {
    kind: "distance",
    needs: ["dist sep far near apart separate how-many"],
    may: `${FAR} centre euclid line position how-long ${ENDS}`,
  },
  {
    kind: "distance",
    needs: ["line", "how-long reads"],
    may: `line how-long euclid centre ${ENDS}`,
  },
  {
    kind: "gap",
    needs: ["gap"],
    may: `${FAR} gap space near1 edges line euclid how-size size width how-wide come ${ENDS}`,
  },
  {
    kind: "gap",
    needs: ["near1 edges", "dist sep far near apart separate how-many space amount"],
    may: `${FAR} near1 edges space come how-size ${ENDS}`,
  },
  {
    kind: "gap",
    needs: ["space", "between from separate apart"],
    may: `space line separate how-size how-wide size near1 ${ENDS}`,
  },
  { kind: "gap", needs: ["near", "come"], may: `near come near1 ${ENDS}` },
  {
    kind: "gap",
    needs: ["touch", "far space amount how-many dist near gap"],
    may: `touch far space dist near gap ${ENDS}`,
  },
  {
    kind: "vertical_distance",
    needs: ["vertical in-height", "dist sep far apart near separate offset differ how-many amount"],
    may: `${FAR} vertical in-height offset differ centre position line ${ENDS}`,
  },
  {
    kind: "vertical_distance",
    needs: ["in-height", "above1", "far apart dist sep"],
    may: `${FAR} vertical in-height above1 centre ${ENDS}`,
  },
  {
    kind: "vertical_distance",
    needs: ["height", "separate"],
    may: `height separate centre ${ENDS}`,
  },
  {
    kind: "vertical_distance",
    needs: ["height in-height", "differ", "centre"],
    may: `height in-height differ centre position ${ENDS}`,
  },
  {
    kind: "horizontal_distance",
    needs: ["horizontal", "dist sep far apart near separate offset differ how-many amount"],
    may: `${FAR} horizontal no-z offset differ centre position line how-long ${ENDS}`,
  },
];

const OF_ONE: readonly Quantity[] = [
  { kind: "width", needs: ["horizontal", "size extent"], may: "horizontal size extent" },
  {
    kind: "elevation",
    needs: ["surface", "space", "between"],
    may: "surface space between and vertical how-size",
  },
  { kind: "height", needs: ["how-tall"], may: "how-tall vertical bottom-top" },
  { kind: "height", needs: ["height"], may: "height vertical bottom-top size" },
  { kind: "height", needs: ["high"], may: "high bottom-top" },
  { kind: "height", needs: ["tall-adj", "amount how-many how what"], may: "tall-adj" },
  { kind: "height", needs: ["in-height", "amount how-many how what"], may: "in-height" },
  { kind: "height", needs: ["bottom-top"], may: "bottom-top extent far dist how-tall how-size" },
  {
    kind: "height",
    needs: ["bottom", "top"],
    may: "bottom top far dist from to between and high vertical how-tall",
  },
  {
    kind: "height",
    needs: ["vertical", "size extent amount how-many"],
    may: "vertical size extent",
  },
  { kind: "height", needs: ["bottom-top", "size extent"], may: "bottom-top size extent" },
  { kind: "width", needs: ["how-wide"], may: "how-wide horizontal left-right across edges" },
  { kind: "width", needs: ["width"], may: "width left-right size edges across sideways" },
  { kind: "width", needs: ["width", "left-right"], may: "width left-right dist from to" },
  { kind: "width", needs: ["wide-adj", "amount how-many how what"], may: "wide-adj left-right" },
  {
    kind: "width",
    needs: ["left-right edges"],
    may: "left-right edges far dist how-wide across size extent space how-size",
  },
  { kind: "width", needs: ["left-right"], may: "left-right horizontal extent size across" },
  {
    kind: "width",
    needs: ["sideways", "amount how-many extent size"],
    may: "sideways extent size",
  },
  { kind: "width", needs: ["across", "far amount how-many"], may: "across far" },
  {
    kind: "elevation",
    needs: ["elevation"],
    may: "elevation above1 surface from to bottom of height",
  },
  {
    kind: "elevation",
    needs: [
      "above1",
      "far high height amount how-many dist gap space vertical lift hover bottom apart elevation",
    ],
    may: "above1 far high height dist gap space vertical lift hover bottom up apart elevation to from",
  },
  {
    kind: "elevation",
    needs: ["lift hover", "far high height amount how-many dist elevation"],
    may: "lift hover far high height dist elevation up surface from bottom vertical",
  },
  { kind: "elevation", needs: ["up", "high"], may: "high up surface from lift hover to bottom" },
  {
    kind: "elevation",
    needs: ["below", "gap space"],
    may: "below > gap space how-size vertical surface down to",
  },
  {
    kind: "elevation",
    needs: ["bottom", "surface", "dist far gap height vertical high amount how-many space sep"],
    may: "bottom surface dist far gap height vertical offset high space sep apart from to between and elevation 's down below how-long",
  },
  {
    kind: "elevation",
    needs: ["below", "dist", "to", "surface"],
    may: "below dist to surface from down how-long",
  },
  {
    kind: "elevation",
    needs: ["touch", "surface", "down", "far amount how-many dist"],
    may: "touch surface down far dist",
  },
  {
    kind: "elevation",
    needs: ["surface", "gap vertical high height lift"],
    may: "surface gap dist sep space vertical high height lift up apart far from to between and",
  },
];

interface Compiled {
  readonly kind: QuantityKind;
  readonly needs: readonly (readonly string[])[];
  readonly allowed: ReadonlySet<string>;
}

function compiled(rows: readonly Quantity[]): readonly Compiled[] {
  return rows.map(({ kind, needs, may }) => ({
    kind,
    needs: needs.map((some) => some.split(" ")),
    allowed: new Set(
      [ASKED, may, ...needs, ...(SIZES.has(kind) ? [] : ["zerotouching"])].join(" ").split(" "),
    ),
  }));
}

const ROWS = { one: compiled(OF_ONE), two: compiled(OF_TWO) };

/** The length of one thing or of two that some symbols ask for; undefined for none, or several. */
export function quantityOf(
  things: keyof typeof ROWS,
  said: ReadonlySet<string>,
): QuantityKind | undefined {
  const fitting = ROWS[things].filter(
    ({ needs, allowed }) =>
      [...said].every((symbol) => allowed.has(symbol)) &&
      needs.every((some) => some.some((symbol) => said.has(symbol))),
  );
  const [kind, other] = new Set(fitting.map((row) => row.kind));
  return other === undefined ? kind : undefined;
}
