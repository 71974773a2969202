const VULGAR_FRACTIONS: Readonly<Record<string, string>> = {
  "½": "1/2",
  "⅓": "1/3",
  "⅔": "2/3",
  "¼": "1/4",
  "¾": "3/4",
  "⅕": "1/5",
  "⅖": "2/5",
  "⅗": "3/5",
  "⅘": "4/5",
  "⅙": "1/6",
  "⅚": "5/6",
  "⅛": "1/8",
  "⅜": "3/8",
  "⅝": "5/8",
  "⅞": "7/8",
};

/**
 * One spelling for what can be written in several: lower case, plain quotes, spaces and minus
 * signs, fractions as a/b, LaTeX and markdown undone. Length and positions change; meaning does not.
 */
export function normalise(text: string): string {
  return undoMarkdown(undoLatex(undoTypography(undoCamelKeys(text))))
    .toLowerCase()
    .replace(/\barms?'?s?[- ]lengths?\b/g, "reach");
}

/** `"distanceInMeters":` as `"distance_in_meters":`. */
function undoCamelKeys(text: string): string {
  return text.replace(/"([a-z]{1,30}(?:[A-Z][a-z]{0,30}){1,5})"(?=\s?:)/g, (_, key: string) => {
    return `"${key.replace(/[A-Z]/g, (letter) => `_${letter}`)}"`;
  });
}

function undoTypography(text: string): string {
  return text
    .replace(/[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]/g, (sign) => ` ${VULGAR_FRACTIONS[sign]}`)
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, "")
    .replace(/(\d)[\u2009\u202f](?=\d{3}(?!\d))/g, "$1")
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000]/g, " ")
    .replace(/[\u2018\u2019\u2032\u02b9`´]/g, "'")
    .replace(/[\u201c\u201d\u2033\u02ba]|''/g, '"')
    .replace(/[\u2010\u2011\u2212]/g, "-")
    .replace(/\u2044/g, "/")
    .replace(/(\d)\s?(?:\.{2,3}|…)\s?(?=\d)/g, "$1–")
    .replace(
      /(?<=10)⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]/g,
      (power) => `^${power.normalize("NFKC").replace("\u2212", "-")}`,
    )
    .replace(/\^\{([^{}]{1,8})\}/g, "^$1")
    .replace(/\+\/-|\+-/g, "±");
}

const LATEX_SIGNS: Readonly<Record<string, string>> = {
  approx: "≈",
  sim: "≈",
  simeq: "≈",
  pm: "±",
  times: "×",
  cdot: "×",
  leq: "≤",
  le: "≤",
  geq: "≥",
  ge: "≥",
  prime: "'",
  circ: "°",
  degree: "°",
};

function undoLatex(text: string): string {
  if (!text.includes("\\") && !text.includes("$")) return text;
  return text
    .replace(/\\[dt]?frac\s?\{(\d{1,6})\}\s?\{(\d{1,6})\}/g, " $1/$2 ")
    .replace(/(\d)~(?=[\p{L}\\])/gu, "$1 ")
    .replace(/\{,\}/g, ",")
    .replace(/\\([a-zA-Z]{1,20})/g, (_, name) => LATEX_SIGNS[name] ?? " ")
    .replace(/\\[,;:! ]/g, " ")
    .replace(/\\"/g, '"')
    .replace(/[\\${}]/g, " ");
}

function undoMarkdown(text: string): string {
  return text
    .replace(/([\w)]) ?\* ?(?=\d)/g, "$1 × ")
    .replace(/<\/?[|a-z_]{1,20}>/gi, " ")
    .replace(/^[ \t]{0,8}[-+•] (?=\S)/gm, "")
    .replace(/[*#`]/g, "");
}
