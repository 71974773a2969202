import { distanceBetween, minus, type Vec3 } from "../../base/index.js";
import {
  fitUpright,
  type Normal,
  toCanonical,
  type UprightBody,
  worstSigma,
} from "../../geometry/index.js";
import type { ObjectRef, Refusal, RefusalReason } from "../../language/index.js";
import { BoxHistory } from "./BoxHistory.js";
import {
  type BoxView,
  carrierNear,
  footOf,
  isAtHolder,
  lookAt,
  projectionOf,
  robotNear,
  type SeenThing,
  type Touching,
} from "./BoxView.js";
import { type Fit, type Form, heldOrNot, onOrBehind, STANDS, WORST_CHI2 } from "./onOrBehind.js";

export type Stood = (
  | { readonly body: StandingBody; readonly refusal?: never }
  | { readonly body?: never; readonly refusal: Refusal }
) & {
  /** Where it is if it stands by itself, for what other views tell of that. */
  readonly perhaps?: UprightBody | undefined;
};

export interface StandingBody extends UprightBody {
  /** Where else it may be, from its centre, metres. */
  readonly toOtherCenter?: Vec3;
  /** It may lie along the view instead, with a probability. */
  readonly orLying?: { readonly body: UprightBody; readonly share: number } | undefined;
  /** It stands on the plane, and nothing is near it. */
  readonly isFree?: boolean;
}

/** Nothing is known of an object's form: widths from 1 to 50 cm, from a tray (a tenth as high as wide) to a bottle. */
const ANY_FORM: Form = {
  logHalfWidth: { mean: Math.log(0.04), sigma: 1 },
  // A book or a brick is two times as long as it is wide, either way.
  logDepth: { mean: 0, sigma: 0.4 },
  logHeight: { mean: 0, sigma: 1.1 },
};
/** A bottle or a pen that lies along the view: as high as it is wide, and several times as deep. */
const LYING_FORM: Form = {
  logHalfWidth: ANY_FORM.logHalfWidth,
  logDepth: { mean: Math.log(3), sigma: 0.5 },
  logHeight: { mean: 0, sigma: 0.25 },
};
/** So many things lie along the view, before their boxes are seen. */
const LYING_SHARE = 0.02;
const ANYWHERE: Normal = { mean: 0, sigma: 0.5 };

/** Seen more steeply than this, a box does not tell foot from top. */
const STEEPEST = Math.sin((72 * Math.PI) / 180);

/** Fewer edges of a box do not tell where its object is, even if its form is known. */
const LEAST_EDGES = 3;

/** Forms are remembered by so many images in which nothing was near the object. */
const MOST_FORMS = 15;
/** Fewer do not tell a form. */
const LEAST_FORMS = 2;
/** Logarithm of how much wider or higher one form may look in another image. */
const ALIKE = 0.3;
/** A remembered form is not known better than this: 4 %. */
const FORM_SIGMA = 0.04;

/** A held object's centre is about where the gripper's frame is, metres. */
const GRASP_SIGMA_M = 0.035;
/** What is lifted at all is lifted so high, metres. */
const LIFTED_M = 0.015;
/** A gripper's frame cannot be so far under the plane, metres. */
const UNDER_M = 0.02;

/**
 * The things of one camera in one episode that stand on a plane, from their boxes. Their forms are
 * remembered from the images in which they surely stand, so that a box that no longer fits is seen
 * to be lifted, stacked or hidden.
 */
export class StandingThings {
  readonly #forms = new Map<string, { readonly stampNs: bigint; readonly body: UprightBody }[]>();
  readonly #history = new BoxHistory();
  #lastStampNs: bigint | undefined;

  get lastStampNs(): bigint | undefined {
    return this.#lastStampNs;
  }

  /** Whether an object's form is known from the images before. */
  knows(name: string, stampNs: bigint): boolean {
    return this.#formOf(name, stampNs) !== undefined;
  }

  /** Where an object is; `undefined` if the view has no box of it. */
  find(ref: ObjectRef, view: BoxView): Stood | undefined {
    this.#lastStampNs = view.stampNs;
    const box = view.boxes.get(ref.name);
    if (!box) return undefined;
    const { phrase } = ref;
    this.#history.add(view.stampNs, view.boxes);
    const other = this.#history.takenFor(ref.name, box, view.stampNs, view.boxSigmaPx);
    if (other !== undefined)
      return refused(
        "ambiguous",
        `the box of ${phrase} is where ${other} was, and ${ref.name} was elsewhere: a detector may take one for the other`,
      );
    if (view.robotAt.some((at) => toCanonical(view.canonical, at)[2] < -UNDER_M))
      return refused(
        "contradiction",
        "the gripper's TF frame is under the support's plane: is the support's `height` right?",
      );
    const start = footOf(box, view);
    if (!start) return refused("no_plane", `${phrase}: its box ends above the plane's horizon`);
    const eyeM = toCanonical(view.canonical, [0, 0, 0])[2];
    if (eyeM > STEEPEST * Math.hypot(eyeM, ...start))
      return refused(
        "ambiguous",
        `${phrase} is seen from straight above: its box does not tell its foot from its top`,
      );
    const look = lookAt(ref.name, box, view);
    const fit: Fit = (prior, seen = look.seen) =>
      fitUpright(seen, prior, projectionOf(view), start);
    const known = look.seen.sigmasPx.filter((sigma) => Number.isFinite(sigma)).length;
    if (known < LEAST_EDGES)
      return refused(
        "ambiguous",
        `${phrase} ${doubtOf(look)}: ${known} edges of its box are its own`,
      );
    const robot = robotNear(box, view);
    const form = this.#formOf(ref.name, view.stampNs);
    if (form && robot) return heldOrStanding(phrase, fit, form, robot);
    const { beforeEndsAt } = look;
    const onOrBehindIt = (of: Form, endsAt: number) =>
      onOrBehind(fit, of, look.seen, { box, endsAt, view });
    if (form && look.before !== undefined)
      return fitting(
        phrase,
        beforeEndsAt === undefined ? undefined : onOrBehindIt(form, beforeEndsAt),
      );
    const carrier = carrierNear(box, view);
    if (form && carrier !== undefined) return carriedOrStanding(phrase, fit, form);
    const isHeld = robot !== undefined || isAtHolder(box, view);
    const on = carrier && `may stand on ${carrier}, whose TF frame is there`;
    const near = isHeld ? "may be held by the gripper, which is before it" : (doubtOf(look) ?? on);
    const touching = touchingOf(ref.name, view);
    const why = near ?? (touching && TOUCHED[touching.what]);
    const isFree = why === undefined;
    const standingAs = (of: Form) => fit({ ...of, bottomM: STANDS });
    const alone = isFree || (!form && near === undefined) ? standingAs(ANY_FORM) : undefined;
    const remember = () => {
      if (isFree && alone && alone.chi2 <= WORST_CHI2)
        this.#remember(ref.name, view.stampNs, alone);
    };
    if (!form) {
      const isBounded = !isHeld && !look.isCut && on === undefined;
      const endsAt = isBounded ? endOf(look, touching) : Number.POSITIVE_INFINITY;
      if (endsAt === Number.POSITIVE_INFINITY) {
        const detail = `${phrase} ${why}, and its form is not known from earlier images`;
        return { refusal: { reason: "ambiguous", detail }, perhaps: alone };
      }
      const unheld = (of: Form) =>
        endsAt === undefined ? standingAs(of) : onOrBehindIt(of, endsAt);
      const mayBeHeld = touching?.what === "perhaps an arm";
      const as = (of: Form) => (mayBeHeld ? heldOrNot(fit, of, unheld(of)) : unheld(of));
      remember();
      const body = isFree ? alone : as(ANY_FORM);
      const lying = as(LYING_FORM);
      const orLying = body && lying && lyingInstead(body, lying);
      return fitting(phrase, body && { ...body, orLying, isFree }, isFree ? undefined : alone);
    }
    const lying = alone && standingAs(LYING_FORM);
    const orLying = alone && lying ? { orLying: lyingInstead(alone, lying) } : {};
    const standing = standingAs(form);
    const free = fit({ ...form, bottomM: ANYWHERE });
    // What is in the air looks larger: a form that was learned there puts what stands under the plane.
    if (alone && free && free.chi2 <= WORST_CHI2 && isUnder(free)) {
      this.#forms.delete(ref.name);
      remember();
      return fitting(phrase, { ...alone, ...orLying, isFree });
    }
    const stands = standing && standing.chi2 <= WORST_CHI2 && !(free && isLifted(free));
    if (!stands) return fitting(phrase, free);
    remember();
    // Where nobody tells of the gripper, it may be lifted a little: the answer is as uncertain as that makes it.
    const isRobotKnown = view.robotAt.length > 0;
    const body = isRobotKnown || !free ? { ...standing, isFree } : oneOf(standing, free);
    return { body: { ...body, ...orLying } };
  }

  #remember(name: string, stampNs: bigint, body: UprightBody): void {
    const forms = this.#forms.get(name) ?? [];
    const last = forms.at(-1);
    if (last && last.stampNs >= stampNs) return;
    if (forms.length < MOST_FORMS) forms.push({ stampNs, body });
    this.#forms.set(name, forms);
  }

  /** By the images before this one: asked about twice, an image gives the same answers. */
  #formOf(name: string, stampNs: bigint): Form | undefined {
    const bodies = (this.#forms.get(name) ?? []).flatMap((it) =>
      it.stampNs < stampNs ? [it.body] : [],
    );
    // A box may be another thing's: the form is that which most images agree about.
    const [alike = []] = bodies
      .map((body) => bodies.filter((other) => isAlike(body, other)))
      .toSorted((a, b) => b.length - a.length);
    if (alike.length < LEAST_FORMS) return undefined;
    const byHeight = alike.toSorted((a, b) => a.logHeight.mean - b.logHeight.mean);
    // Images of one view err alike: more of them do not tell a depth that none of them shows.
    const median = byHeight[byHeight.length >> 1];
    if (!median) return undefined;
    const { logHalfWidth, logDepth, logHeight, formCovariance } = median;
    const [ww, wd, wh, dd, dh, hh] = formCovariance;
    const own = FORM_SIGMA ** 2;
    return {
      ...{ logHalfWidth, logDepth, logHeight },
      formCovariance: [ww + own, wd, wh, dd + own, dh, hh + own],
    };
  }
}

/** Whether two images show one form. */
function isAlike(a: UprightBody, b: UprightBody): boolean {
  return (
    Math.abs(Math.log(a.widthM / b.widthM)) < ALIKE &&
    Math.abs(Math.log(a.heightM / b.heightM)) < ALIKE
  );
}

/** Why a box alone does not tell where its object stands. */
function doubtOf({ isCut, isHidden, before }: SeenThing): string | undefined {
  if (isCut) return "is cut off by the image's edge";
  if (before !== undefined) return `is behind ${before} or on it`;
  return isHidden ? "is partly hidden" : undefined;
}

/**
 * How far down what may hide or carry a thing reaches (see `turned`); infinite where the image does not show it,
 * undefined if nothing does.
 */
function endOf(
  { before, beforeEndsAt }: SeenThing,
  touching: Touching | undefined,
): number | undefined {
  const ends = [
    ...(before === undefined ? [] : [beforeEndsAt]),
    ...(touching === undefined || touching.what === "perhaps an arm" ? [] : [touching.endsAt]),
  ];
  if (ends.length === 0) return undefined;
  return Math.max(...ends.map((it) => it ?? Number.POSITIVE_INFINITY));
}

const TOUCHED: Readonly<Record<Touching["what"], string>> = {
  carrier:
    "ends in something without a box, which may carry or hide it (a mat, a reflection or a dark shadow looks like that, too)",
  arm: "touches something that comes from outside of the image, which may hold it (a measurement of the gripper by its TF frame tells)",
  "perhaps an arm": "may be held by something that comes from outside of the image",
  neighbour: "stands in two places: its box may be around two things",
};

/** What touches a thing in the picture. */
function touchingOf(name: string, { touching, robotAt }: BoxView): Touching | undefined {
  const found = touching.get(name);
  // TF tells better than a picture whether the gripper is at it.
  const isArm = found?.what === "arm" || found?.what === "perhaps an arm";
  return isArm && robotAt.length > 0 ? undefined : found;
}

/**
 * The gripper is at the object in the image: it holds it, or passes before it. What is surely in the
 * air is held; else both are possible, and the answer is as uncertain as they are apart.
 */
function heldOrStanding(phrase: string, fit: Fit, form: Form, robot: Vec3): Stood {
  const free = fit({ ...form, bottomM: ANYWHERE });
  if (!free) return fitting(phrase, undefined);
  const center = { at: robot, sigmaM: GRASP_SIGMA_M };
  const held = fit({ ...form, bottomM: ANYWHERE, center });
  if (isLifted(free)) {
    const apartM = distanceBetween(free.center, robot);
    const reachM = Math.hypot(free.widthM, free.heightM) / 2;
    if (
      apartM >
      reachM +
        3 * Math.hypot(worstSigma({ covariance: free.covariance, shared: [] }), GRASP_SIGMA_M)
    )
      return refused(
        "contradiction",
        `${phrase} seems to be in the air, but ${(100 * apartM).toFixed(0)} cm from the gripper: is the support's \`height\` right?`,
      );
    return fitting(phrase, held);
  }
  const [likely, other] = [fit({ ...form, bottomM: STANDS }), held]
    .flatMap((body) => (body && body.chi2 <= WORST_CHI2 ? [body] : []))
    .toSorted((a, b) => a.chi2 - b.chi2);
  return likely && other ? { body: oneOf(likely, other) } : fitting(phrase, likely);
}

/** TF has something at it of which no size is known. */
function carriedOrStanding(phrase: string, fit: Fit, form: Form): Stood {
  const free = fit({ ...form, bottomM: ANYWHERE });
  const standing = fit({ ...form, bottomM: STANDS });
  const stands = standing && standing.chi2 <= WORST_CHI2 && !(free && isLifted(free));
  return stands && free ? { body: oneOf(standing, free) } : fitting(phrase, free);
}

function isLifted({ bottom: { mean, sigma } }: UprightBody): boolean {
  return mean > LIFTED_M && mean > 2 * sigma;
}

function isUnder({ bottom: { mean, sigma } }: UprightBody): boolean {
  return mean < -LIFTED_M && mean < -2 * sigma;
}

/** The likelier of two, as uncertain as the other is away. */
function oneOf(body: UprightBody, other: UprightBody): StandingBody {
  return { ...body, toOtherCenter: minus(other.center, body.center) };
}

/** By how likely the box is of either. */
function lyingInstead(
  standing: UprightBody,
  lying: UprightBody,
): NonNullable<StandingBody["orLying"]> {
  const odds =
    (LYING_SHARE / (1 - LYING_SHARE)) * Math.exp(lying.logEvidence - standing.logEvidence);
  return { body: lying, share: odds / (1 + odds) };
}

function fitting(phrase: string, body: StandingBody | undefined, perhaps?: UprightBody): Stood {
  if (body && body.chi2 <= WORST_CHI2) return { body, perhaps };
  return refused(
    "ambiguous",
    `the box of ${phrase} is not that of a thing of its form that stands on the support: it may be partly hidden, lifted, or lie on its side`,
  );
}

function refused(reason: RefusalReason, detail: string): Stood {
  return { refusal: { reason, detail } };
}
