/**
 * Words of other languages in which models answer, for short statements that name no things: "La
 * distancia es de unos 35 cm", "距离约为35厘米". The things of a question are known in its own language
 * only, so that a sentence which names some is not read.
 */
const CHINESE_JAPANESE: Readonly<Record<string, string>> = {
  厘米: "cm",
  公分: "cm",
  センチメートル: "cm",
  センチ: "cm",
  毫米: "mm",
  ミリメートル: "mm",
  公尺: "m",
  メートル: "m",
  米: "m",
  英寸: "inches",
  インチ: "inches",
  英尺: "feet",
  距离: "distance",
  距離: "distance",
  高度: "height",
  高さ: "height",
  宽度: "width",
  幅: "width",
  大约: "about",
  约: "about",
  約: "about",
  左右: "or so",
  为: "",
  是: "",
  は: "",
  です: "",
  距離について: "",
  "。": ".",
  "、": ",",
};
const IN_CHINESE_JAPANESE = new RegExp(
  Object.keys(CHINESE_JAPANESE)
    .sort((a, b) => b.length - a.length)
    .join("|"),
  "g",
);

/** Words of other languages with what they mean, from lines of one meaning and all its words. */
function dictionary(lines: readonly (readonly [english: string, words: string])[]) {
  return new Map(
    lines.flatMap(([english, words]) => words.split(" ").map((word) => [word, english] as const)),
  );
}

const WORDS = dictionary([
  [
    "distance",
    "abstand entfernung distanz distancia distanza distância afstand odległość расстояние",
  ],
  ["height", "höhe altura hauteur altezza"],
  ["width", "breite anchura ancho largeur larghezza largura"],
  ["is", "beträgt ist es est è é bedraagt wynosi составляет"],
  [
    "about",
    "etwa ungefähr rund unos unas aproximadamente environ d'environ cerca ongeveer około около примерно",
  ],
  ["the", "der die das la el il le"],
  ["", "de di"],
  [
    "cm",
    "zentimeter zentimetern centímetros centímetro centimètres centimètre centimetri centymetrów см сантиметров сантиметра",
  ],
  ["mm", "millimeter millimetern milímetros millimètres millimetri мм миллиметров"],
  ["m", "metern metros metro mètres mètre metri метров метра"],
  ["inches", "zoll pulgadas pouces pollici"],
]);
/** The first of these says that a text is in such a language: none of them is an English word. */
const MARKS =
  /\b(?:environ|etwa|ungefähr|aproximadamente|abstand|entfernung|distanz|distancia|distanza|distância|höhe|breite|altura|anchura|ancho|hauteur|altezza|larghezza|largeur|largura|beträgt|est d'environ|est de(?= \d)|zentimetern?|cent[íi]metros?|centimètres?|centimetri|milímetros|millimètres|millimetri|metern|metros|mètres?|metri|zoll|pulgadas|pouces|pollici|cerca de|ongeveer|afstand|bedraagt|około|odległość|wynosi|centymetrów)(?!\p{L})/u;

/** Yes and no, where they are the whole answer. */
const VERDICTS = dictionary([
  ["yes", "ja sí sì si oui sim はい 是 是的 对"],
  ["no", "nein non não いいえ 不是 否 不 不对"],
]);

/** A text in lower case, with what is known of other languages in English words. */
export function inEnglish(text: string): string {
  const verdict = VERDICTS.get(text.replace(/[\s.!。]/g, ""));
  if (verdict !== undefined) return verdict;
  const latin =
    MARKS.test(text) || /[\u0430-\u044f]/.test(text)
      ? text.replace(/\p{L}+(?:'\p{L}+)*/gu, (word) => WORDS.get(word) ?? word)
      : text;
  return /[\u3001-\u30ff\u4e00-\u9fff]/.test(latin)
    ? latin.replace(IN_CHINESE_JAPANESE, (word) => ` ${CHINESE_JAPANESE[word]} `)
    : latin;
}
