/** Fewer images prove nothing. */
export const LEAST_IMAGES = 6;
/** Of the images, so many must show it. */
export const MOST_OF = 0.7;
/** A mask that shows less of a thing than this share of what it mostly shows is hidden or cut off. */
export const LEAST_AREA = 0.55;
/** Places of a thing; fewer are no track. */
export const LEAST_TRACK = 8;
/** Of a track, as much must be neither hidden nor cut off. */
export const LEAST_SHOWN = 0.5;
/** A gripper that moves so far shows what it follows, m. */
export const CLEAR_MOTION_M = 0.1;
/** By how much the tolerance is wider than usual where only what is far off counts. */
export const SLACK = 3;
/** Things: one may be carried about; two do not move alike for another reason. */
export const LEAST_THINGS = 2;
