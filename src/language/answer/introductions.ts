import { isHarmless } from "./harmless.js";
import { UNIT } from "./plainSentences.js";

/** What introduces a statement of any shape without changing it. */
export const INTRODUCTIONS =
  "it is the other way a?round|the opposite is true|on the contrary|while|whereas|so|therefore|thus|hence|then|although|though|consequently|overall|finally|in conclusion|in summary|in fact|well|ok|okay|hmm|and|but|again|here|" +
  "visually|in (?:this|the) (?:image|picture|photo|scene|view|frame)|it (?:seems|appears|looks)(?! to be (?:[a-z]+ )?[LU]\\d)(?: that| like| as if)?";
/** What takes back what stands before it. "No" does so beside a length, and is an answer beside none. */
export const CORRECTION =
  /^(?:(?:no|oh|but|hmm|ah|and|well) ?,? ?){0,3}(?:wait|actually|correction|sorry|oops|scratch that|rather|let me correct(?: that| myself)?|i mean|on second thought)(?: ?,| :)?(?: |$)/;
/** What draws a conclusion. */
export const CONCLUSION =
  /^(?:so|therefore|thus|hence|consequently|giving|in conclusion|in summary|overall|finally|to sum up|(?:which|this|that) (?:gives|makes|yields|leaves|means|adds up to|comes to|works out)|adding up to)\b/;

const LEAD = new RegExp(
  `^(?:${[
    INTRODUCTIONS,
    "however|or(?= [LU]\\d)|roughly speaking|to me|for me|eyeballing(?: it)?|if i (?:had|have) to (?:(?:put|give|name|pick|choose|state|provide) (?:a|one|you a)(?: (?:single|rough|specific))? (?:number|figure|value|estimate|answer|guess)(?: on it)?|(?:guess|estimate|say|choose|answer))|(?:great|good|interesting) question|not (?:entirely |completely |totally |quite |100% |# % )?sure(?= ,| but|$)|i am (?:(?:fairly|quite|pretty|very|reasonably|# %) )?(?:sure|confident|certain)(?: that)?|(?:my|the|an?) (?:(?:best|rough|own|good|fair|reasonable|realistic) )?(?:estimate|estimation|guess|value) (?:for|of)(?= (?:the|its|their|[AB])(?: |$))|#|zero(?= [a-zA-Z])|[+]|to summarize|to sum up|in short|in total|having said that|(?:with )?that (?:being )?said|(?:on|at|after) (?:an? )?(?:closer|second) (?:look|glance|inspection|thought)|looking (?:more )?(?:again|closer|closely)|as far as i can (?:tell|see|judge)|sure|yes",
    "(?:from|by) (?:its|their) (?:(?:apparent|relative|known|visual) )?(?:sizes?|proportions|shadows?|positions?)",
    "(?:it|them) (?:at|to be)(?= [LU]\\d)",
    "now|currently|at the moment|right now|at present",
    "with (?:(?:very|fairly|quite) )?(?:high|good|reasonable|fair|moderate|medium|low|# %) (?:confidence|certainty)",
    "without (?:(?:any|additional|more|further|a|the|known) )*(?:context|information|depth|reference|calibration|scale|data|details?)(?: (?:information|data|object|measurements?))?",
    "(?:i|we) can (?:give|offer|provide)(?: you)?(?= (?:a|an|my) )",
    "in reality|assistant :|a :|as such|accordingly",
    "(?:we|i) (?:would |can |could )?(?:get|find|obtain|measure|see|tell|have|calculate|conclude|estimate|guess|say|put|place|go for|go with|answer|am measuring)(?: that| a| at)?(?: it| them)?(?: at)?",
    "(?:i am|we are) (?:measuring|estimating)|i see|i would",
    "(?:that|this) (?:is|gives|makes)(?: it)?|(?:this|that|which|it|(?:(?:the|these) )?# (?:pixels|px)(?: between P)?) (?:gives?|leaves?|yields?|means?(?: that)?|makes?|corresponds? to|represents?|would be|puts (?:it|them) at)|giving|leaving|meaning|making it",
  ].join("|")})(?: ,| :)?(?: |$)`,
);
const DECLARATION = new RegExp(
  `^(?:(?:so |and )?(?:(?:the|my|our|this|a|an|this is(?: an?)?) )?(?:(?:short|final|best|rough|fair|good|sensible|plausible|educated|overall|correct|quick|current|visual|visually|single|most likely|combined|total|real|true|actual|own|estimated|approximate|reasonable) )*(?:answer|result|ballpark|estimate|estimation|guess|conclusion|value|figure|combined|total|average|mean|median|reading|measurement|prediction|output|approximation|estimated(?: at)?|estimated value)(?: (?:in )?(?:${UNIT}))?(?: is| gives| would be| puts it at| puts them at| comes to| =)?(?: :)?|final(?: answer)? :?|step # : result :?) (?:that )?`,
);
/** "No, 45 cm." */
const DENIAL = /^(?:no|nope)(?! (?:gap|space|clearance|separation)\b)(?: ?,| :)?(?: |$)/;
/** "40 cm seems reasonable", "40 cm would be my guess" */
const ENDORSED =
  /^([LU]\d+) (?:(?:is|seems|looks|appears|sounds|would be|feels)(?: (?:like|to be))? )?(?:about )?(?:right|reasonable|plausible|realistic|likely|(?:(?:a|the|my) )?(?:best |rough |fair |good |reasonable )?(?:guess|estimate|answer)|to me)$/;
/** "… , so 40 cm is a better estimate", "52 cm to be exact" */
const BETTER =
  /^(L\d+) (?:to be (?:more )?(?:exact|precise)|(?:is|seems|looks|fits)(?: (?:like|to be))? (?:(?:a|the|my|much|far) )*(?:better|best|closer|more (?:realistic|likely|plausible|reasonable|accurate))(?: (?:estimate|guess|value|fit|answer))?)$/;
const OF_SCALE =
  /\b(?:scale|sizes?|widths?|heights?|breadth|lengths?|thickness|diameter|span|depth|shadows?|reference|proportions?|distance|separation|gap|clearance|space|center|centre|surfaces?|edges?)\b/;

/** "Slightly: 5 cm" */
const DEGREE =
  /^(?:slightly|somewhat|marginally|considerably|noticeably|significantly|close|near|nearby|far|yes)$/;

/** How a clause is introduced. */
export type Marks = { -readonly [Mark in "corrects" | "concludes" | "hedged"]: boolean };

/** A clause without what introduces it. */
export function stripped(clause: string): Marks & { rest: string } {
  let rest = clause.replace(BETTER, "$1");
  const marks = { corrects: rest !== clause, hedged: ENDORSED.test(rest) };
  rest = rest.replace(ENDORSED, "$1");
  for (let before = ""; before !== rest; ) {
    before = rest;
    for (const correction of [CORRECTION, DENIAL]) {
      if (!correction.test(`${rest} `)) continue;
      marks.corrects = true;
      rest = `${rest} `.replace(correction, "").trim();
    }
    for (const introduction of [LEAD, DECLARATION]) {
      rest = rest.replace(introduction, (words) => {
        marks.hedged ||= /estimat|guess|approx/.test(words);
        return "";
      });
    }
    // "Not that far: 35 cm", but not "Tray to mug: 35 cm".
    const [, said = ""] = /^([^:A-Z]*) : (?=[A-Za-z])/.exec(rest) ?? [];
    if ((said.includes(" ") || DEGREE.test(said)) && isHarmless(said) && !OF_SCALE.test(said))
      rest = rest.slice(said.length + 3);
  }
  const concludes = CONCLUSION.test(clause);
  return { rest: rest.replace(/^[:=] /, "").trim(), concludes, ...marks };
}
