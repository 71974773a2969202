/**
 * Words that make another question of one, wherever they stand: of another time, number, part or
 * property, or of how and why. Neither a name of a thing nor a remark beside a question has any.
 */
export const CHANGING: ReadonlySet<string> = new Set(
  (
    "not no never neither nor none nothing nobody without except unless if when while until till after " +
    "ago later earlier already yet once again was were will shall did been ever yesterday today " +
    "tomorrow tonight next previous future past hour hours time times twice thrice half double " +
    "triple quarter percent percentage fraction ratio sum total average mean median combined together altogether " +
    "why where who whom whose how same others else all every each somebody someone both squared cubed " +
    "pixel pixels px degrees degree angle weigh weighs weight heavy heavier color colour volume area thickness " +
    "than what which from halved doubled tripled divided multiplied minus plus"
  ).split(" "),
);
