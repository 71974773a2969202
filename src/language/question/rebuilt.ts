const WAY = "above|below|behind|in front of|left of|right of|higher than|lower than";
const COMPARATIVES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    high: "higher",
    low: "lower",
    tall: "taller",
    short: "shorter",
    wide: "wider",
    thin: "thinner",
    narrow: "narrower",
    big: "bigger",
    large: "larger",
    small: "smaller",
    near: "nearer",
    far: "farther",
  }),
);
const MEASURES: Readonly<Record<string, string>> = {
  height: "taller",
  width: "wider",
  size: "bigger",
};

const MORE = [...new Set([...Object.values(COMPARATIVES), "closer", "further", "broader"])].join(
  "|",
);

/** What is said around a question, and how it is built: each with the plain way to say it. */
const REBUILT: readonly (readonly [RegExp, string | ((...groups: string[]) => string)])[] = [
  [/[?.!\s]+$/, ""],
  [/^(?:(?:um+|uh+|hey|okay|ok|so|well|like|and)\b[\s,]*)+/, ""],
  [/\b(?:um+|uh+|er|hmm+)\b,? ?/g, ""],
  [/\blike (?=(?:on|to|at|in|above|below|behind) )/g, ""],
  [
    /^(?:would you (?:please )?(?:say|call|tell me)|(?:could|can|will) you (?:please )?(?:say|tell me|check|confirm|verify)|please (?:tell me|check|confirm|verify)|kindly (?:tell me|check)|tell me|i (?:would|want) (?:like )?to know)[:,]?(?: (?:that|if|whether|please))* /,
    "",
  ],
  [/, ?(?:true|right|correct|isn't it|please)$/, ""],
  [/(?:,| as) (?:seen|viewed) (?:by|from) the camera$|^from (?:where )?the camera(?: is)?,? /, ""],
  [/\b(?:located|situated|positioned|placed)\b ?/g, ""],
  [/\bany (?=[a-z]+er than\b)/g, ""],
  [/\b(?:up (?=above\b)|down (?=(?:below|beneath|under|underneath)\b))/g, ""],
  [/\b(?:raised|lifted) (?=off\b)/g, ""],
  [/^(how (?:far|high|much) off .+ is .+) (?:raised|lifted)$/, "$1"],
  [/,? you think$/, ""],
  [/((?:ahead|in front) of .+?),? towards? the camera$/, "$1"],
  [/\b(behind|in front|above|below)(?: of)? the other(?= ?[:,])/, "$1"],
  [/\b(closer|nearer|farther|further)( away)? (to|from) us\b/, "$1$2 $3 the camera"],
  [/\b(?:to|on|at)(?: the)? (left|right)(?: side)? or\b/g, "$1 or"],
  [/\bat (left|right)(?: side)? of\b/g, "$1 of"],
  [/^who is\b/, "which is"],
  [/^which is on the (left|right) side\b/, "which is on the $1"],
  [/^does (.+?) (?:lie|stand|sit|look|appear|float|hang|seem)(?: to be)? /, "is $1 "],
  [/^(which|what)( one| object)? (?:sits|stands|looks|lies|appears|seems|hangs)\b/, "$1$2 is"],
  [/\bmore ([a-z]+)\b/g, (whole, word = "") => COMPARATIVES.get(word) ?? whole],
  [/\bless tall than\b/g, "shorter than"],
  [/\bless far from the camera than\b/g, "closer to the camera than"],
  [/^is (.+?) at a greater height than /, "is $1 higher than "],
  [/^does (.+?) have a (higher|lower) position than /, "is $1 $2 than "],
  [/^(which|what)( one| object)? has the (higher|lower) position\b/, "$1$2 is $3"],
  [
    /^does (.+?) exceed (.+?) in (height|width|size)$/,
    (_, a = "", b = "", measure = "") => `is ${a} ${MEASURES[measure]} than ${b}`,
  ],
  [new RegExp(`\\b(${MORE})(?: one| thing)? compared (?:to|with)\\b`, "g"), "$1 than"],
  [new RegExp(`\\bthe (${MORE})(?: one| thing)? than\\b`, "g"), "$1 than"],
  [/^compared (?:to|with) (.+?), is (.+?) ([a-z]+er)$/, "is $2 $3 than $1"],
  [/^relative to (.+?), is (.+?) (?:to|on) the (left|right)$/, "is $2 $3 of $1"],
  [/^(?:out of|of|between) (.+?) and (.+?), (?:which(?: one)?|what) is /, "which of $1 and $2 is "],
  [/^(?:out of|of) (.+?) and (.+?), name the (?:one )?(.+?)(?: one)?$/, "which of $1 and $2 is $3"],
  [/^(.+?) (?:relative|compared) to (.+?): (left|right) or (left|right)$/, "is $1 $3 or $4 of $2"],
  [/^(.+?) (?:relative|compared) to (.+?): ([a-z]+er) or ([a-z]+er)$/, "is $1 $3 or $4 than $2"],
  [/^(.+?): ([a-z]+er) than (.+?), or ([a-z]+er)$/, "is $1 $2 or $4 than $3"],
  [/^(.+?): (left|right) of (.+?), or (left|right) of it$/, "is $1 $2 or $4 of $3"],
  [/^(.+?): (above|below) (.+?), or (above|below) it$/, "is $1 $2 or $4 $3"],
  [
    /\bhow many (?:inches|feet|(?:centi|milli)?met(?:er|re)s|cm|mm)\b(?= (?:away|higher|lower|above|below|behind|in front|left|right|off)\b)/g,
    "how much",
  ],
  [new RegExp(`^how much (${WAY}) (.+) is (.+)$`), "how far is $3 $1 $2"],
  [new RegExp(`^by (?:how much|what amount) is (.+?) (${WAY}) (.+)$`), "how far is $1 $2 $3"],
  [/^how far is (.+) higher than (.+)$/, "how much higher is $1 than $2"],
  [/^how far is (.+) lower than (.+)$/, "how much lower is $1 than $2"],
];

/** A question in lower case, built as we would build it. */
export function rebuilt(text: string): string {
  return REBUILT.reduce((said, [pattern, plain]) => said.replace(pattern, plain as string), text);
}
