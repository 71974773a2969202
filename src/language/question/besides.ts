/**
 * What stands beside a question and says only from which picture, by whom, how surely or with how much care
 * it is to be answered. A clause counts only as a whole.
 */
const IMAGE =
  "(?:the|this|our|my|your) (?:(?:attached|given|provided|current|single|following|rgb|rgbd|colou?r|tabletop|camera|input) )*(?:image|picture|photo|photograph|frame|scene|snapshot|view|shot)(?: (?:alone|only|provided|given|attached))?";
const SIZES =
  "(?:an? |the )?(?:standard|typical|normal|usual|common|realistic|everyday|ordinary|regular) (?:(?:object|item|household|tabletop|table|kitchen|real|world|everyday) )*(?:sizes?|dimensions?|scales?|proportions|scene|setup|objects|things|items)";
const WHO =
  "(?:(?:robotic|robotics|robot|computer|machine|vision|spatial|language|reasoning|metrology|measurement|perception|helpful|careful|experienced|visual|3d) )*(?:expert|assistant|engineer|annotator|specialist|analyst|model|ai)";
const BESIDES = new RegExp(
  `^(?:please |just |and |so |but )*(?:${[
    // How much care
    "at a (?:quick )?(?:glance|guess)|by eye|(?:just |only )?out of (?:pure |sheer )?curiosity|humou?r me",
    "off the top of (?:your|my) head|to the best of your (?:ability|abilities|knowledge)|take your time(?: with (?:it|this))?",
    "(?:without|no|do not|don t) (?:over ?thinking?|overthink)(?: it| this)?",
    "if (?:you|i|we|one) (?:had|have|were) to (?:guess|estimate|say|measure)(?: it| that)?",
    `assuming ${SIZES}`,
    // By whom
    `as (?:an?|our|my|the) ${WHO}`,
    `(?:i|we) (?:can|could|do|did) not (?:tell|see|judge|measure|say|know|decide|estimate)(?: it| this| that| them| well| exactly| precisely| myself| ourselves| by eye| here)*(?: from (?:here|${IMAGE}))?`,
    "(?:i|we) (?:have|had|have got|got) no (?:ruler|tape|tape measure|measuring tape|idea|clue)(?: here| at hand| with (?:me|us))?",
    // From what
    `(?:(?:based|judging|going|relying)(?: only| just| purely| solely)? (?:on|by|from)|from) what (?:you|we|i) (?:can )?(?:see|tell)(?: here| in ${IMAGE})?`,
    `(?:here is|this is|here we have|attached is|consider|see|study|inspect|examine|observe|analy[sz]e|take) ${IMAGE}`,
  ].join("|")})$`,
  "u",
);

/** Whether a clause only says how, by whom or from what a question is to be answered. */
export function isBeside(clause: readonly string[]): boolean {
  return BESIDES.test(clause.join(" "));
}
